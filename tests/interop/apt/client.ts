import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Ran {
  status: number;
  output: string;
}

/** A box's apt in a root of its own: nothing of the machine's configuration counts. */
export class AptClient {
  readonly root = mkdtempSync(join(tmpdir(), "apt-"));
  private readonly env: NodeJS.ProcessEnv;

  constructor(repository: { url: string; login: string; password: string; keyring: string }) {
    const at = (path: string) => join(this.root, path);
    for (const path of [
      "etc/preferences.d",
      "etc/parts",
      "etc/trusted",
      "lists/partial",
      "cache/archives/partial",
      "log",
    ])
      mkdirSync(at(path), { recursive: true });
    for (const path of ["updates", "info", "triggers"])
      mkdirSync(at(`target/var/lib/dpkg/${path}`), { recursive: true });
    this.write("target/var/lib/dpkg/status", "");
    this.write("etc/keyring.asc", repository.keyring);
    this.write(
      "etc/auth.conf",
      `machine ${repository.url} login ${repository.login} password ${repository.password}\n`,
    );
    this.write("apt.conf", configuration(this.root));
    this.env = { PATH: process.env.PATH, APT_CONFIG: at("apt.conf"), LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** Follows a channel, and no other. */
  follow(url: string, channel: string): void {
    const key = join(this.root, "etc/keyring.asc");
    this.write(
      "etc/sources/wisptools.sources",
      `Types: deb\nURIs: ${url}\nSuites: ${channel}\nComponents: main\nSigned-By: ${key}\n`,
    );
  }

  /** apt-get with any error as an error: a plain update forgives much. */
  get(...args: string[]): Promise<Ran> {
    return this.run("apt-get", ["-o", "APT::Update::Error-Mode=any", "--yes", ...args]);
  }

  run(program: string, args: string[]): Promise<Ran> {
    return new Promise((done) => {
      execFile(program, args, { env: this.env, cwd: this.root, maxBuffer: 1e7 }, (error, stdout, stderr) => {
        done({ status: error ? Number(error.code ?? 1) : 0, output: stdout + stderr });
      });
    });
  }

  /** What of a package is in the index: "name version" lines. */
  async versions(name: string): Promise<string[]> {
    const { output } = await this.run("apt-cache", ["madison", name]);
    return output.split("\n").flatMap((line) => line.split("|")[1]?.trim() ?? []);
  }

  installed(path: string): string | undefined {
    const file = join(this.root, "target", path);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  end(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

function configuration(root: string): string {
  const values = {
    "Dir::Etc": `${root}/etc`,
    "Dir::Etc::sourcelist": `${root}/etc/none.list`,
    "Dir::Etc::sourceparts": `${root}/etc/sources`,
    "Dir::Etc::main": `${root}/etc/none.conf`,
    "Dir::Etc::parts": `${root}/etc/parts`,
    "Dir::Etc::netrc": `${root}/etc/auth.conf`,
    "Dir::Etc::netrcparts": `${root}/etc/none.d`,
    "Dir::Etc::preferences": `${root}/etc/none.pref`,
    "Dir::Etc::preferencesparts": `${root}/etc/preferences.d`,
    "Dir::Etc::trusted": `${root}/etc/none.gpg`,
    "Dir::Etc::trustedparts": `${root}/etc/trusted`,
    "Dir::State": root,
    "Dir::State::lists": `${root}/lists`,
    "Dir::State::status": `${root}/target/var/lib/dpkg/status`,
    "Dir::Cache": `${root}/cache`,
    "Dir::Log": `${root}/log`,
    "APT::Architecture": "amd64",
    "APT::Sandbox::User": "root",
    "APT::Install-Recommends": "false",
    "Acquire::Check-Valid-Until": "true",
    "Acquire::Check-Date": "true",
    "Acquire::Languages": "none",
    "Acquire::Retries": "0",
    "Acquire::http::Proxy": "DIRECT",
  };
  const lines = Object.entries(values).map(([name, value]) => `${name} "${value}";`);
  const dpkg = `DPkg::Options { "--root=${root}/target"; "--log=${root}/log/dpkg.log"; "--force-depends"; };`;
  return `#clear APT::Architectures;\nAPT::Architectures { "amd64"; };\n${[...lines, dpkg].join("\n")}\n`;
}
