import { isIP } from "node:net";
import { ROUTER_ADDRESS_HEADER } from "@wisptools/core";
import type { Request } from "express";

/**
 * From where a router called, "" if that is not known: as its edge says, else from where the request came. To be believed only of a request whose
 * login holds, and of nothing that is counted by address: whoever calls directly may say what it likes.
 */
export function routerAddress(request: Request): string {
  const said = request.headers[ROUTER_ADDRESS_HEADER];
  const isAddress = typeof said === "string" && isIP(said) !== 0 && !said.includes("%");
  return isAddress ? said : (request.ip ?? "");
}
