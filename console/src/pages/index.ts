import type { PageDefinition } from "./define-page.ts";
import { addCarrierPage, carrierPage, carriersPage, editCarrierPage } from "./carriers/page.ts";
import { routesPage } from "./routes/page.ts";
import { cellsPage } from "./cells/page.ts";
import { moneyPage } from "./money/page.ts";
import { debuggerPage } from "./debugger/page.ts";
import { messagePage, messagesPage } from "./messages/page.ts";
import { alertPage, alertsPage } from "./alerts/page.ts";
import { queriesPage } from "./queries/page.ts";
import { overviewPage } from "./overview/page.ts";
import { linksPage } from "./links/page.ts";
import { numbersPage } from "./numbers/page.ts";
import { servicePage, servicesPage } from "./services/page.ts";
import { rulesPage } from "./rules/page.ts";
import { accountPage } from "./account/page.ts";
import { phonesPage } from "./phones/page.ts";

/** All pages, in the order of the navigation within their groups. One line each. */
export const pages: readonly PageDefinition[] = [
  phonesPage,
  overviewPage,
  messagesPage,
  messagePage,
  debuggerPage,
  numbersPage,
  servicesPage,
  servicePage,
  linksPage,
  rulesPage,
  alertsPage,
  alertPage,
  cellsPage,
  queriesPage,
  moneyPage,
  accountPage,
  carriersPage,
  carrierPage,
  addCarrierPage,
  editCarrierPage,
  routesPage,
];
