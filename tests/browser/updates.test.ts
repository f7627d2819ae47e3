// Operators and their updates: packages into the pool and through the channels, rollouts that go on, stop and are ended.
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it } from "vitest";
import { type Credentials, deviceCall } from "../../functions/src/testing/client.ts";
import { debianPackage, type TestPackage } from "../../functions/src/testing/debianPackage.ts";
import {
  api,
  enrol,
  enter,
  follow,
  forbidReload,
  fresh,
  gone,
  LAB,
  PATIENCE,
  says,
  url,
  useBrowser,
  WISP,
} from "./browser.ts";

const ENGINEER = "engineer@wisp123.test";
const VIEWER = "viewer@wisp123.test";
const OWNER = "owner@wisp123.test";
const { visit } = useBrowser();
const at = (path = "") => `/t/${WISP}/updates${path}`;
const updates = (path: string) => `/api/epc-updates${path}?tenant_id=${WISP}`;

async function confirm(page: Page, words: string | RegExp, typed?: string): Promise<void> {
  await says(page.getByTestId("confirm-dialog"), words);
  if (typed) await page.getByTestId("confirm-typed").fill(typed);
  await page.getByTestId("confirm-yes").click();
  await gone(page.getByTestId("confirm-dialog"));
}

async function choose(page: Page, ...packages: TestPackage[]): Promise<void> {
  const files = packages.map(({ filename, content }) => ({
    name: filename,
    mimeType: "application/vnd.debian.binary-package",
    buffer: content,
  }));
  await page.getByTestId("upload-file").setInputFiles(files);
}

/** Puts a package into the pool by the API, and into a channel if one is named. */
async function uploaded({ filename, content, id }: TestPackage, channel?: string): Promise<string> {
  const begun = await api(ENGINEER, "POST", updates("/packages/uploads"), { filename, size: content.length });
  const stored = await fetch(begun.body.upload_url, { method: "PUT", body: new Uint8Array(content) });
  expect(stored.status).toBe(200);
  const path = updates(`/packages/uploads/${begun.body.upload_id}/finalise`);
  await api(ENGINEER, "POST", path, channel ? { channel } : {});
  return id;
}

/** Kilobytes that no compression takes away. */
const noise = (kilobytes: number): Buffer => {
  const bytes = Buffer.alloc(kilobytes * 1000);
  for (let i = 0; i < bytes.length; i += 65_536) crypto.getRandomValues(bytes.subarray(i, i + 65_536));
  return bytes;
};

describe("packages", () => {
  it("go up with progress, are published with it, and other content under the same name is refused", async () => {
    const name = fresh("tower-agent");
    const first = debianPackage(name, "1.0", { files: { noise: noise(1500) } });
    const other = debianPackage(name, "1.0", { files: { noise: noise(1) } });
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/packages"));
    await page.getByTestId("package-upload").click();
    await page.getByTestId("upload-channel").selectOption("dev");

    // A line slow enough to see the bar move.
    const wire = await page.context().newCDPSession(page);
    await wire.send("Network.enable");
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 500_000 };
    await wire.send("Network.emulateNetworkConditions", slow);
    await choose(page, first);
    const bar = page.getByTestId("upload-progress").first();
    const shown = new Set<number>();
    const seen = async () => {
      shown.add(Number(await bar.getAttribute("aria-valuenow")));
      return [...shown].some((value) => value > 5 && value < 95);
    };
    await expect.poll(seen, { timeout: PATIENCE, interval: 50 }).toBe(true);
    await wire.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
    await says(page.getByTestId("upload-phase"), "Published to dev");
    expect(await bar.getAttribute("aria-valuenow")).toBe("100");

    await page.getByTestId("upload-tidy").click();
    await choose(page, other, { filename: "notes.txt", content: Buffer.from("text"), id: "" });
    await says(page.getByTestId("upload-problem"), /1\.0/);
    await says(page.getByTestId("upload-phase").first(), "Refused");
    await says(page.getByTestId("upload-problem").nth(1), "not a .deb");
    // The browser itself says on its console that a request was answered 409.
    expect(troubles.filter((one) => !one.includes("409"))).toEqual([]);

    await follow(page, at(`/packages?q=${name}`));
    await page.getByTestId(`package-row-${name}`).getByRole("link").click();
    await says(page.getByTestId("held-by"), "dev");
    expect(await page.getByTestId("package-delete").isDisabled()).toBe(true);
  });

  it("are deleted once no channel holds them", async () => {
    const deb = debianPackage(fresh("short-lived"), "1.0");
    await uploaded(deb);
    const { page, troubles } = await visit();
    const name = deb.id.split("_")[0] ?? "";
    await enter(page, ENGINEER, at(`/packages/${name}`));
    await page.getByText("in no channel").waitFor();
    await page.getByTestId("package-delete").click();
    await confirm(page, `Delete ${name} 1.0`);
    await page.getByTestId("package-missing").waitFor();
    expect(troubles).toEqual([]);
  });
});

describe("channels", () => {
  it("are published to, promoted and rolled back, each with what it changes, while others look on", async () => {
    const name = fresh("tower-tool");
    const [one, two] = [debianPackage(name, "1.0"), debianPackage(name, "2.0")];
    await uploaded(one, "stable");
    await uploaded(one, "dev");
    await uploaded(two);
    const watcher = await visit();
    await enter(watcher.page, VIEWER, at(`/channels/stable?q=${name}`));
    await watcher.page.getByTestId(`held-${one.id}`).waitFor();
    const sameDocument = await forbidReload(watcher.page);

    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/channels/dev"));
    await page.getByTestId("channel-publish").click();
    await page.getByTestId("pool-search").fill(name);
    await page.getByTestId(`add-${two.id}`).click();
    await page.getByTestId("held-search").fill(name);
    await page.getByTestId(`remove-${one.id}`).click();
    await says(page.getByTestId("diff-words"), "1 upgraded");
    await says(page.getByTestId("diff-upgraded"), /1\.0.*2\.0/s);
    await page.getByTestId("publish-note").fill("Second version");
    await page.getByTestId("publish-submit").click();
    await page.waitForURL(`${url}${at("/channels/dev")}`);

    await page.getByTestId("channel-promote").click();
    await page.getByTestId("promote-to").selectOption("stable");
    await says(page.getByTestId("promote").getByTestId("diff-upgraded").filter({ hasText: name }), /1\.0.*2\.0/s);
    await page.getByTestId("promote-submit").click();
    await gone(page.getByTestId("promote"));
    await watcher.page.getByTestId(`held-${two.id}`).waitFor();
    await gone(watcher.page.getByTestId(`held-${one.id}`));

    await follow(page, at("/channels/stable/history"));
    await says(page.getByTestId("history"), "Promoted");
    // The one before the newest: stable as it was.
    await page.getByTestId("history").getByRole("button").first().click();
    await says(page.getByTestId("roll-back").getByTestId("diff-downgraded").filter({ hasText: name }), /2\.0.*1\.0/s);
    await page.getByTestId("roll-back-note").fill("It was bad");
    await page.getByTestId("roll-back-submit").click();
    await gone(page.getByTestId("roll-back"));
    await says(page.getByTestId("history"), "It was bad");
    await watcher.page.getByTestId(`held-${one.id}`).waitFor();
    await gone(watcher.page.getByTestId(`held-${two.id}`));
    await sameDocument();
    await says(watcher.page.getByTestId("source-entry"), new RegExp(`URIs: ${url}/apt/${WISP}/\\s+Suites: stable`));
    expect([...troubles, ...watcher.troubles]).toEqual([]);
  });
});

describe("repository keys", () => {
  it("are added beside those that sign, and retired", async () => {
    const { page, troubles } = await visit();
    await enter(page, OWNER, at("/repository"));
    const signing = page.getByTestId("key-state").filter({ hasText: "Signs" });
    await signing.first().waitFor();
    const before = await signing.count();
    await page.getByTestId("key-rotate").click();
    await page.getByTestId("rotate-key-submit").click();
    await gone(page.getByTestId("rotate-key"));
    await expect.poll(() => signing.count(), { timeout: PATIENCE }).toBe(before + 1);
    // The newest is the first: the world stays as it was.
    const id = await page.locator("[data-testid^=repository-key-]").first().getAttribute("data-testid");
    await page.getByTestId("key-retire").first().click();
    await confirm(page, "Retire the key", id?.slice(-8));
    await says(page.getByTestId(id ?? "").getByTestId("key-state"), "Retired");

    // What was published before the keys changed would come back with the keyring of now.
    await follow(page, at("/channels/stable/history"));
    await page.getByTestId("history").getByRole("button").last().click();
    await says(page.getByTestId("diff-keyring"), /wisptools-keyring 1\.\d+ with today's keys/);
    expect(troubles).toEqual([]);
  });
});

type Box = Credentials & { site_name: string };

describe("a rollout", () => {
  let name: string;
  let tag: string;
  let boxes: Box[];
  const report = (box: Box, told: { rollout_id: string; attempt: number }, state: string, more = {}) =>
    deviceCall(url, box, "POST", "/api/epc-updates/report", {
      ...told,
      state,
      message: `${state} at the box`,
      ...more,
    });

  beforeEach(async () => {
    [name, tag, boxes] = [fresh("tower-radio"), fresh("test"), []];
    for (const version of ["1.0", "2.0"]) await uploaded(debianPackage(name, version), "stable");
    for (let i = 0; i < 4; i++) {
      const box = await enrol(fresh("radio"));
      await api(ENGINEER, "PATCH", `/api/epc/${box.epc_id}?tenant_id=${WISP}`, { tags: [tag] });
      boxes.push(box);
    }
  });

  /** The boxes that were told to update, and what. */
  async function told(): Promise<{ box: Box; told: { rollout_id: string; attempt: number } }[]> {
    const found = [];
    for (const box of boxes) {
      const { body } = await deviceCall(url, box, "POST", "/api/metrics/heartbeat", {});
      for (const { request } of body.commands ?? [])
        if (request.type === "update")
          found.push({ box, told: { rollout_id: request.rollout_id, attempt: request.attempt } });
    }
    return found;
  }

  async function goThrough(box: Box, order: { rollout_id: string; attempt: number }, end: string): Promise<void> {
    for (const state of ["downloading", "downloaded", "installing", "health_check", end]) {
      const more = state === "downloading" ? { previous: { [name]: "1.0" } } : {};
      const { status, body } = await report(box, order, state, more);
      expect(status, JSON.stringify(body)).toBe(200);
    }
  }

  it("is made in steps that show whom it means, stops at its threshold, goes on, and is ended", async () => {
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at());
    await page.getByTestId("overview-rollout").click();
    await page.getByTestId("step-next").click();
    await says(page.getByTestId("step-packages").getByRole("alert"), "at least one package");
    const search = page.getByTestId("plan-search");
    if (await search.count()) await search.fill(name);
    await page.getByTestId(`plan-package-${name}`).check();
    expect(await page.getByTestId(`plan-version-${name}`).inputValue()).toBe("2.0");
    await page.getByTestId("step-next").click();

    await page.getByTestId("target-tags-open").click();
    const tags = page.getByTestId("target-tags-search");
    if (await tags.count()) await tags.fill(tag);
    await page.getByTestId(`target-tags-${tag}`).check();
    await expect.poll(() => page.getByTestId("preview-matched").innerText(), { timeout: PATIENCE }).toBe("4");
    for (const box of boxes) await page.getByTestId(`preview-${box.epc_id}`).waitFor();
    await page.getByTestId("step-next").click();

    await page.getByTestId("preset-fast").click();
    await page.getByTestId("group-up-to").first().fill("0");
    await page.getByTestId("step-next").click();
    await page.getByTestId("step-strategy").getByRole("alert").first().waitFor();
    await page.getByTestId("group-up-to").first().fill("50");
    await page.getByTestId("group-soak").first().fill("0");
    await says(page.getByTestId("group-size").nth(1), "2 EPCs");
    await page.getByTestId("step-next").click();

    await says(
      page.getByTestId("plan-words"),
      `${name} 2.0 goes to EPCs on stable that are tagged ${tag} (4 EPCs now).`,
    );
    await says(page.getByTestId("plan-words"), "it pauses: nobody else begins");
    await page.getByTestId("plan-name").fill(`Radio ${tag}`);
    await says(page.getByTestId("step-next"), "Start with 4 EPCs");
    await page.getByTestId("step-next").click();
    await page.waitForURL(/\/rollouts\/ro_/);
    await says(page.getByTestId("updates-title"), `Radio ${tag}`);
    await says(page.getByTestId("rollout-state"), "Running");
    const sameDocument = await forbidReload(page);

    const first = await told();
    expect(first.length).toBe(2);
    const [good, bad] = first as [(typeof first)[0], (typeof first)[0]];
    const stateOf = (box: Box) => page.getByTestId(`device-${box.epc_id}`).getByTestId("device-state");
    await report(good.box, good.told, "downloading", { previous: { [name]: "1.0" } });
    await says(stateOf(good.box), "Downloading");
    await goThrough(good.box, good.told, "committed");
    await says(stateOf(good.box), "Committed");
    await goThrough(bad.box, bad.told, "rolled_back");
    await says(page.getByTestId("rollout-state"), "Paused");
    await says(page.getByTestId("rollout-banner"), "Stopped by itself");
    await says(page.getByTestId("rollout-reason"), /1 of 2 devices of group 1/);
    await says(stateOf(bad.box), "Rolled back");
    expect(await page.getByTestId("rollout-pause").count()).toBe(0);

    const watcher = await visit();
    await enter(watcher.page, VIEWER, at());
    const alert = watcher.page.getByTestId("alert-rollout-stopped").filter({ hasText: `Radio ${tag}` });
    await alert.waitFor();
    await alert.getByRole("link").click();
    await says(watcher.page.getByTestId("rollout-banner"), "Stopped by itself");
    for (const action of ["pause", "resume", "approve", "abort", "rollback"])
      expect(await watcher.page.getByTestId(`rollout-${action}`).count()).toBe(0);

    await page.getByTestId("rollout-resume").click();
    await confirm(page, "The 1 that failed or went back are accepted");
    await says(page.getByTestId("rollout-state"), "Running");
    await expect.poll(async () => (await told()).length, { timeout: PATIENCE, interval: 500 }).toBeGreaterThan(0);
    const [next] = await told();
    await report(next?.box as Box, next?.told as never, "downloading");
    await says(stateOf(next?.box as Box), "Downloading");

    await page.getByTestId("rollout-abort").click();
    await confirm(page, /It ends for good\./);
    await says(page.getByTestId("rollout-state"), "Aborted");
    await says(watcher.page.getByTestId("rollout-state"), "Aborted");
    await sameDocument();

    await page.getByTestId(`device-${bad.box.epc_id}`).getByRole("link").click();
    await says(page.getByTestId("device-history"), /Rolled back[\s\S]*Health check[\s\S]*Downloading[\s\S]*Attempt 1/);
    await page.getByTestId("to-epc").click();
    await page.getByTestId("tab-updates").click();
    await says(page.getByTestId("epc-recent-updates").getByTestId("device-state"), "Rolled back");
    expect([...troubles, ...watcher.troubles]).toEqual([]);
  });
});

describe("an EPC", () => {
  it("follows the channel and the clock that its settings say", async () => {
    const box = await enrol(fresh("follower"));
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, `/t/${WISP}/fleet/${box.epc_id}/updates`);
    await says(page.getByTestId("epc-follows"), "stable");
    await page.getByTestId("tab-settings").click();
    await page.getByTestId("epc-channel").selectOption("dev");
    await page.getByTestId("epc-time-zone").fill("Mars/Olympus");
    await page.getByTestId("save-settings").click();
    await page.getByText("must be an IANA time zone").waitFor();
    await page.getByTestId("epc-time-zone").fill("America/Chicago");
    await page.getByTestId("save-settings").click();
    await says(page.getByTestId("toast").first(), "Saved");
    await page.getByTestId("tab-updates").click();
    await says(page.getByTestId("epc-follows"), "dev");
    await says(page.getByTestId("epc-clock"), "America/Chicago");
    expect(troubles).toEqual([]);
  });
});

describe("who may", () => {
  it("a viewer sees everything and is offered nothing", async () => {
    const { page, troubles } = await visit();
    await enter(page, VIEWER, at());
    await page.getByTestId("channel-stable").waitFor();
    const absent = ["overview-upload", "overview-rollout", "package-upload", "rollout-new", "key-rotate", "key-retire"];
    const acts = ["channel-publish", "channel-promote", "channel-roll-back", "package-delete"];
    for (const path of [
      "",
      "/packages",
      "/packages/wisptools-agent",
      "/channels",
      "/channels/stable",
      "/channels/stable/history",
      "/repository",
      "/rollouts",
    ]) {
      await follow(page, at(path));
      await page.getByTestId("updates-title").waitFor();
      for (const one of [...absent, ...acts]) expect(await page.getByTestId(one).count(), `${path}: ${one}`).toBe(0);
    }
    for (const path of ["/packages/+", "/channels/stable/publish", "/rollouts/+"]) {
      await follow(page, at(path));
      await page.getByTestId("not-allowed").waitFor();
    }
    expect(troubles).toEqual([]);
  });

  it("an engineer has no say about keys, and another tenant's owner sees nothing", async () => {
    const { page, troubles } = await visit();
    await enter(page, ENGINEER, at("/repository"));
    await page.getByTestId("key-state").first().waitFor();
    expect(await page.getByTestId("key-rotate").count()).toBe(0);
    const stranger = await visit();
    await enter(stranger.page, "owner@lab.test", at("/channels/stable"));
    await stranger.page.getByTestId("not-a-member").waitFor();
    await follow(stranger.page, `/t/${LAB}/updates`);
    await stranger.page.getByTestId("updates-title").waitFor();
    expect([...troubles, ...stranger.troubles]).toEqual([]);
  });
});
