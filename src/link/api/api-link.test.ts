import { openApiLinkSite } from "../../../test/support/link-sites.ts";
import { describeLink } from "../conformance/link.conformance.ts";

describeLink("a link over a unix socket", () => openApiLinkSite());
describeLink("a link over TCP", () => openApiLinkSite({ tcp: { hosts: ["127.0.0.1"] } }));
