import "@fontsource-variable/inter";
import "./ui/tokens.css";
import "./ui/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { connect } from "./data/firebase.ts";
import { session } from "./data/session.svelte.ts";
import { router } from "./router.svelte.ts";
import { theme } from "./ui/theme.svelte.ts";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

theme.start();
try {
  await connect();
  session.start();
  router.start();
  mount(App, { target });
} catch (error) {
  console.error(error);
  target.textContent = "wisptools can't start: its configuration can't be read. Reload the page in a minute.";
}
