export type {
  MessagingService,
  PoolSender,
  SenderChoice,
  SenderWish,
  ServiceDirectory,
  StickInput,
  Usecase,
} from "./directory.ts";
export type { ServicesOptions } from "./deps.ts";
export { servicesModule, type ServicesModule } from "./module.ts";
