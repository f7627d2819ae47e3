import { describe, expect, it } from "vitest";
import { isLoopback, isPublicAddress } from "./address.ts";

describe("isPublicAddress", () => {
  it.each([
    ...[
      "1.1.1.1",
      "8.8.8.8",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255",
      "128.0.0.0",
    ],
    ...[
      "169.253.255.255",
      "169.255.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "192.0.1.0",
      "192.167.255.255",
      "192.169.0.0",
    ],
    ...["198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15"],
    ...[
      "2600::1",
      "2a00:1450:4001:81b::200e",
      "2001:200::",
      "2001:4860:4860::8888",
      "2003::",
      "3ffe:ffff::1",
      "2A00::1",
    ],
  ])("%s: yes", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ["0.0.0.0", "this network"],
    ["0.1.2.3", "this network"],
    ["10.0.0.1", "private"],
    ["10.255.255.255", "private"],
    ["100.64.0.1", "shared by carriers"],
    ["100.100.100.200", "a metadata service in it"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["168.63.129.16", "a cloud's host service"],
    ["169.254.169.254", "metadata"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.0.0.192", "protocol assignments"],
    ["192.0.2.1", "documentation"],
    ["192.31.196.1", "AS112"],
    ["192.52.193.1", "AMT"],
    ["192.88.99.1", "6to4 relay"],
    ["192.168.1.1", "private"],
    ["192.175.48.1", "AS112"],
    ["198.18.0.1", "benchmarks"],
    ["198.19.255.255", "benchmarks"],
    ["198.51.100.7", "documentation"],
    ["203.0.113.7", "documentation"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["0:0:0:0:0:0:0:1", "loopback in full"],
    ["::ffff:127.0.0.1", "mapped loopback"],
    ["::ffff:7f00:1", "mapped loopback in hex"],
    ["::ffff:8.8.8.8", "mapped at all"],
    ["::127.0.0.1", "compatible"],
    ["64:ff9b::169.254.169.254", "NAT64"],
    ["64:ff9b::a9fe:a9fe", "NAT64"],
    ["64:ff9b:1::1", "local NAT64"],
    ["100::1", "discard"],
    ["2001::1", "Teredo"],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"],
    ["2001:2::1", "benchmarks"],
    ["2001:10::1", "ORCHID"],
    ["2001:20::1", "ORCHIDv2"],
    ["2001:1ff:ffff::1", "the end of protocol assignments"],
    ["2001:db8::1", "documentation"],
    ["2002:7f00:1::", "6to4 of loopback"],
    ["2002:808:808::1", "6to4 at all"],
    ["2620:4f:8000::1", "AS112"],
    ["3fff::1", "documentation"],
    ["4000::1", "not global unicast"],
    ["5f00::1", "segment routing"],
    ["fc00::1", "unique local"],
    ["fd00:ec2::254", "metadata in unique local"],
    ["fe80::1", "link-local"],
    ["fe80::1%eth0", "link-local with a zone"],
    ["2600::1%eth0", "a zone"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
  ])("%s: no (%s)", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    ...[
      "",
      "example.com",
      "8.8.8",
      "8.8.8.8.8",
      "8.8.8.256",
      "08.8.8.8",
      "0x8.8.8.8",
      "134744072",
      "8.8.8.8 ",
      "+8.8.8.8",
    ],
    ...[
      "2600",
      "2600:::1",
      "2600::1::2",
      "2600:1:2:3:4:5:6",
      "2600:1:2:3:4:5:6:7:8",
      "26000::1",
      "2600::g",
      "[2600::1]",
    ],
    ...["2600::1.2.3", "1.2.3.4::", "2600:0:0:0:0:0:0:0::"],
  ])("%j is no address, and so not public", (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});

it.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["::ffff:127.0.0.1", false],
  ["128.0.0.1", false],
  ["10.0.0.1", false],
  ["localhost", false],
])("isLoopback(%s) is %s", (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
