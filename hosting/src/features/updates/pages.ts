import type { Permission } from "@wisptools/core/domain/roles";
import type { Route } from "../../routes.ts";

const page = (path: string, title: string, load: Route["load"], permission: Permission = "updates.read"): Route => ({
  path: `/t/:tenant/updates${path}`,
  title,
  within: "tenant",
  load,
  permission,
});

/** The pages of the section. No package name, channel or rollout is called "+". */
export const pages: readonly Route[] = [
  page("", "Updates", () => import("./overview/OverviewPage.svelte")),
  page("/packages", "Packages", () => import("./packages/PackagesPage.svelte")),
  page("/packages/+", "Upload packages", () => import("./upload/UploadPage.svelte"), "updates.publish"),
  page("/packages/:name", "Package", () => import("./packages/PackagePage.svelte")),
  page("/channels", "Channels", () => import("./channels/ChannelsPage.svelte")),
  page("/channels/:channel", "Channel", () => import("./channels/ChannelPage.svelte")),
  page("/channels/:channel/history", "History of a channel", () => import("./channels/HistoryPage.svelte")),
  page("/channels/:channel/publish", "Publish", () => import("./channels/PublishPage.svelte"), "updates.publish"),
  page("/repository", "Repository", () => import("./repository/RepositoryPage.svelte")),
  page("/rollouts", "Rollouts", () => import("./rollouts/RolloutsPage.svelte")),
  page("/rollouts/+", "New rollout", () => import("./wizard/WizardPage.svelte"), "updates.rollout"),
  page("/rollouts/:rollout", "Rollout", () => import("./rollouts/RolloutPage.svelte")),
  page("/rollouts/:rollout/:epc", "EPC of a rollout", () => import("./device/DevicePage.svelte")),
];
