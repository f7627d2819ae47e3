import { expect, it } from "vitest";
import { commonNames, dnsNames } from "./tlsIdentity.ts";

it.each([
  [undefined, []],
  ["DNS:mme.epc-1.test", ["mme.epc-1.test"]],
  ["DNS:a.test, IP Address:192.0.2.1, URI:http://b, DNS:c.test", ["a.test", "c.test"]],
  // A name that was made to look like two is one, and equals nobody's.
  ['DNS:"a.test, DNS:b.test", DNS:c.test', ["a.test, DNS:b.test", "c.test"]],
  ['URI:"http://x, DNS:evil.test"', []],
  ["email:DNS:evil.test", []],
])("reads dNSNames of %s", (text, names) => {
  expect(dnsNames(text)).toEqual(names);
});

it.each([
  [undefined, []],
  ["C=XX\nO=CN=evil.test\nCN=mme.test", ["mme.test"]],
  ["CN=one\nCN=two", ["one", "two"]],
])("reads common names of %j", (text, names) => {
  expect(commonNames(text)).toEqual(names);
});
