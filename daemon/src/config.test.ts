import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig, usage } from "./config.ts";

const STANDALONE = ["--subscribers", "/srv/subs", "--realm", "localdomain"];

describe("readConfig", () => {
  it("takes the stand-alone command line of the local stack", () => {
    const config = readConfig(
      [
        ..."--roles hss,pcrf --subscribers /srv/subs --hss-listen 127.0.0.1:3868 --hss-identity hss.localdomain".split(
          " ",
        ),
        ..."--pcrf-listen 127.0.0.9:3868 --pcrf-identity pcrf.localdomain --realm localdomain --trust-peers".split(" "),
      ],
      {},
    );
    expect(config.source).toEqual({ folder: "/srv/subs", realm: "localdomain" });
    expect(config.hss).toEqual({
      identity: "hss.localdomain",
      listen: [{ host: "127.0.0.1", port: 3868, tls: false }],
    });
    expect(config.pcrf.listen).toEqual([{ host: "127.0.0.9", port: 3868, tls: false }]);
    expect(config.trustPeers).toBe(true);
  });

  it("listens plainly on localhost and with TLS everywhere when it serves a cloud project", () => {
    const config = readConfig([], { GCLOUD_PROJECT: "demo-x" });
    expect(config.source).toEqual({ projectId: "demo-x", kmsKey: undefined });
    expect(config.hss.listen).toEqual([
      { host: "127.0.0.1", port: 3868, tls: false },
      { host: "::", port: 5868, tls: true },
    ]);
  });

  it("prefers the command line to the environment", () => {
    const env = { GCLOUD_PROJECT: "demo-x", WISPTOOLS_ROLES: "pcrf", WISPTOOLS_HSS_LISTEN: "10.0.0.1:3868,[::1]:3001" };
    expect(readConfig([], env).roles).toEqual(["pcrf"]);
    expect(readConfig(["--roles", "hss"], env).roles).toEqual(["hss"]);
    expect(readConfig([], env).hss.listen.map(({ host, port }) => `${host} ${port}`)).toEqual([
      "10.0.0.1 3868",
      "::1 3001",
    ]);
  });

  it("gives each folder and each part of the roles state of its own", () => {
    const dataDirs = [[], ["--roles", "hss"], ["--roles", "pcrf"]].map(
      (more) => readConfig([...STANDALONE, ...more], {}).dataDir,
    );
    expect(new Set(dataDirs).size).toBe(3);
    expect(readConfig(["--subscribers", "/srv/subs/", "--realm", "x"], {}).dataDir).toBe(dataDirs[0]);
    expect(readConfig(["--subscribers", "/srv/other", "--realm", "x"], {}).dataDir).not.toBe(dataDirs[0]);
  });

  it("asks for a key before the management API leaves localhost", () => {
    expect(() => readConfig([...STANDALONE, "--api-listen", "0.0.0.0:3001"], {})).toThrow(/api-key-file/);
    const file = `${mkdtempSync(`${tmpdir()}/key-`)}/key`;
    writeFileSync(file, "secret\n");
    expect(readConfig([...STANDALONE, "--api-listen", "0.0.0.0:3001", "--api-key-file", file], {}).api.key).toBe(
      "secret",
    );
  });

  it.each([
    [["--roles", "mme", ...STANDALONE], "roles"],
    [["--subscribers", "/srv/subs"], "realm"],
    [[], "GCLOUD_PROJECT"],
    [["--trust-peers"], "trust-peers"],
    [["--hss-listen", "3868", ...STANDALONE], "hss-listen"],
    [["--hss-listen", "127.0.0.1:70000", ...STANDALONE], "hss-listen"],
    [["--hss-identity", "under_score", ...STANDALONE], "hss-identity"],
    [["--sqn-index", "32", ...STANDALONE], "sqn-index"],
    [["--watchdog-seconds", "5", ...STANDALONE], "watchdog-seconds"],
    [["--nonsense", ...STANDALONE], "nonsense"],
  ])("refuses %j naming %s", (argv, named) => {
    expect(() => readConfig(argv, {})).toThrow(ConfigError);
    expect(() => readConfig(argv, {})).toThrow(named);
  });

  it("explains every option", () => {
    expect(usage()).toContain("--trust-peers");
  });
});

describe("readConfig of remote SIM", () => {
  const cloud = { GCLOUD_PROJECT: "demo-x" };
  const url = "https://wisptools.example";

  it("is served by default for a cloud project, and an edge once it is known where the cloud is", () => {
    expect(readConfig([], cloud)).toMatchObject({ roles: ["hss", "pcrf", "remsim"], remsim: { cloudUrl: undefined } });
    expect(readConfig(["--cloud-url", url], cloud).remsim).toEqual({
      ...{ cloudUrl: url, tls: undefined, mdnsName: undefined },
      listen: [{ host: "127.0.0.1", port: 5000, tls: false }],
    });
    expect(readConfig([], { ...cloud, WISPTOOLS_URL: url }).remsim.cloudUrl).toBe(url);
    expect(readConfig([], { ...cloud, FIRESTORE_EMULATOR_HOST: "x" }).remsim.listen[0]?.port).toBe(5050);
    expect(readConfig(["--cloud-url", "http://127.0.0.1:5000"], cloud).remsim.cloudUrl).toBe("http://127.0.0.1:5000");
  });

  it("is no part of a stand-alone daemon, whose folder stays what it was", () => {
    const config = readConfig(STANDALONE, {});
    expect(config.roles).toEqual(["hss", "pcrf"]);
    expect(config.dataDir).toMatch(/daemon-srv-subs$/);
    expect(() => readConfig([...STANDALONE, "--roles", "remsim"], {})).toThrow("remsim needs a cloud project");
  });

  it("takes listeners with and without TLS, and a name to advertise", () => {
    const argv = `--cloud-url ${url} --remsim-listen 10.0.0.1:5000 --remsim-listen-tls 10.0.0.1:5443 --remsim-mdns Edge`;
    const files = "--remsim-cert /c.pem --remsim-key /k.pem --remsim-ca /ca.pem";
    expect(readConfig(`${argv} ${files}`.split(" "), cloud).remsim).toEqual({
      ...{ cloudUrl: url, mdnsName: "Edge", tls: { cert: "/c.pem", key: "/k.pem", ca: "/ca.pem" } },
      listen: [
        { host: "10.0.0.1", port: 5000, tls: false },
        { host: "10.0.0.1", port: 5443, tls: true },
      ],
    });
    expect(() => readConfig(argv.split(" "), cloud)).toThrow("--remsim-cert is needed");
  });

  it.each([
    [["--remsim-listen", "127.0.0.1:5000"], "--cloud-url is needed"],
    [["--cloud-url", "http://wisptools.example"], "is not an https URL"],
    [["--cloud-url", "wisptools"], "is not an https URL"],
    [["--cloud-url", url, "--remsim-listen", "5000"], "remsim-listen"],
    [["--cloud-url", url, "--remsim-mdns", "x".repeat(64)], "remsim-mdns"],
  ])("refuses %j: %s", (argv, named) => {
    expect(() => readConfig(argv, cloud)).toThrow(ConfigError);
    expect(() => readConfig(argv, cloud)).toThrow(named);
  });
});
