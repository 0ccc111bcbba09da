import { openStoreLinkSite } from "../../test/support/link-sites.ts";
import { describeLink } from "./conformance/link.conformance.ts";

describeLink("a link to the database", openStoreLinkSite);
