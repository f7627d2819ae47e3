// What others do for the same: the commands of each, as its manual has them, with everything off that we do not make
// (other hashes than SHA-256 where they can be left out, bzip2, Contents).
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A program that makes repositories. Scripts run in the tool's folder; `$PACKAGES` is the folder of .debs, `$DEB` the one to add. */
export interface Tool {
  name: string;
  /** The program that must be there, and its Debian package. */
  needs: [program: string, debianPackage: string];
  /** Not measured. */
  prepare(folder: string, fingerprint: string): void;
  ingest: string;
  add: string;
  /** Where its files are then, below the folder. */
  index: string;
  inRelease: string;
}

const SHA256_ONLY = ["MD5", "SHA1", "SHA512"]
  .flatMap((hash) => ["Packages", "Release"].map((file) => `-o APT::FTPArchive::${file}::${hash}=false`))
  .join(" ");

/** apt-ftparchive(1): the index over a folder of packages, and a Release over the indexes; gpg signs. */
function ftparchive(name: string, options: string): Tool {
  const binary = "dists/stable/main/binary-amd64";
  const publish = `
apt-ftparchive ${SHA256_ONLY} ${options} packages pool > ${binary}/Packages
gzip -kf ${binary}/Packages
apt-ftparchive ${SHA256_ONLY} -o APT::FTPArchive::Release::Suite=stable -o APT::FTPArchive::Release::Components=main \\
  -o APT::FTPArchive::Release::Architectures=amd64 release dists/stable > Release.new
mv Release.new dists/stable/Release
gpg --batch --yes -u "$KEY" --clearsign -o dists/stable/InRelease dists/stable/Release
gpg --batch --yes -u "$KEY" -ab -o dists/stable/Release.gpg dists/stable/Release`;
  return {
    name,
    needs: ["apt-ftparchive", "apt-utils"],
    prepare: (folder) => mkdirSync(join(folder, binary), { recursive: true }),
    ingest: `cp -al "$PACKAGES" pool${publish}`,
    add: `ln "$DEB" pool/${publish}`,
    index: `${binary}/Packages`,
    inRelease: "dists/stable/InRelease",
  };
}

const APTLY = "aptly -config=aptly.conf";
const aptly: Tool = {
  name: "aptly",
  needs: ["aptly", "aptly"],
  prepare: (folder) => {
    const settings = { rootDir: folder, architectures: ["amd64"], gpgProvider: "gpg", downloadConcurrency: 4 };
    writeFileSync(join(folder, "aptly.conf"), JSON.stringify(settings));
    execFileSync("aptly", ["-config=aptly.conf", "repo", "create", "-distribution=stable", "bench"], { cwd: folder });
  },
  ingest: `${APTLY} repo add bench "$PACKAGES" > log
${APTLY} publish repo -batch -gpg-key="$KEY" -skip-contents -skip-bz2 -distribution=stable bench >> log 2>&1`,
  add: `${APTLY} repo add bench "$DEB" > log
${APTLY} publish update -batch -gpg-key="$KEY" -skip-contents -skip-bz2 stable >> log 2>&1`,
  index: "public/dists/stable/main/binary-amd64/Packages",
  inRelease: "public/dists/stable/InRelease",
};

const reprepro: Tool = {
  name: "reprepro",
  needs: ["reprepro", "reprepro"],
  prepare: (folder, fingerprint) => {
    mkdirSync(join(folder, "conf"));
    const fields = ["Codename: stable", "Suite: stable", "Components: main", "Architectures: amd64"];
    const text = [...fields, `SignWith: ${fingerprint}`, "DebIndices: Packages Release . .gz", ""].join("\n");
    writeFileSync(join(folder, "conf/distributions"), text);
  },
  ingest: `reprepro --silent -b . includedeb stable "$PACKAGES"/*.deb`,
  add: `reprepro --silent -b . includedeb stable "$DEB"`,
  index: "dists/stable/main/binary-amd64/Packages",
  inRelease: "dists/stable/InRelease",
};

export const PEERS: readonly Tool[] = [
  ftparchive("apt-ftparchive", ""),
  ftparchive("apt-ftparchive-cached", "--db cache.db"),
  aptly,
  reprepro,
];
