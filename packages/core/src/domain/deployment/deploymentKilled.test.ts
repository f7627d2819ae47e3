import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { plain, STAND_INS, scriptBox } from "../../../../../scripts/dev/simulated-box/scriptBox.fixture.ts";
import { deploymentScript } from "./deploymentScript.ts";

vi.setConfig({ testTimeout: 120_000 });

const box = scriptBox();

/** A folder with a tool that kills the script at its KILL_ATth use, as a power cut would. */
function killer(tool: string): string {
  const folder = mkdtempSync(join(box.root, "killer-"));
  const count = join(folder, "count");
  writeFileSync(
    join(folder, tool),
    `#!/bin/sh\necho x >>${count}\nif [ "$(wc -l <${count})" -eq "$KILL_AT" ]; then kill -9 "$PPID"; exit 1; fi\nexec ${join(STAND_INS, tool)} "$@"\n`,
  );
  chmodSync(join(folder, tool), 0o755);
  return folder;
}

it("the script, killed at any system call it makes, is completed by the next run", () => {
  box.deployed(deploymentScript(plain));
  const wanted = ["mme", "smf"].map((name) => box.read(`etc/open5gs/${name}.yaml`));
  for (const [tool, uses] of Object.entries({ "apt-get": [1, 3], sysctl: [1], systemctl: [1, 6, 12] })) {
    for (const nth of uses) {
      rmSync(join(box.root, "etc/open5gs"), { recursive: true, force: true });
      box.forgetSystem();
      box.run(deploymentScript(plain), { KILL_AT: String(nth) }, `${killer(tool)}:`);
      const again = box.run(deploymentScript(plain));
      expect(again.status, `${tool} ${nth}: ${again.output.slice(-300)}`).toBe(0);
      expect(["mme", "smf"].map((name) => box.read(`etc/open5gs/${name}.yaml`))).toEqual(wanted);
      for (const name of ["mme", "sgwc", "sgwu", "smf", "upf"]) {
        expect(box.isUnit("active", `open5gs-${name}d`), `${tool} ${nth} ${name}`).toBe(true);
      }
    }
  }
});
