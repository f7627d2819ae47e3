// usage: node sign.mjs FOLDER FILE...: makes an OpenPGP key as tenants have it, FOLDER/key.asc, and FILE.asc, the detached
// armoured signature of each FILE by it.
import { readFileSync, writeFileSync } from "node:fs";
import * as openpgp from "openpgp";

const [folder, ...files] = process.argv.slice(2);
const pair = await openpgp.generateKey({
  type: "ecc",
  curve: "ed25519Legacy",
  userIDs: [{ name: "wisptools test" }],
  format: "object",
});
writeFileSync(`${folder}/key.asc`, pair.publicKey.armor());
for (const file of files) {
  const message = await openpgp.createMessage({ binary: readFileSync(file) });
  writeFileSync(`${file}.asc`, String(await openpgp.sign({ message, signingKeys: pair.privateKey, detached: true })));
}
