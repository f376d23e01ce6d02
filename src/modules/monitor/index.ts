export { monitorModule, type MonitorModule, type MonitorOptions } from "./module.ts";
