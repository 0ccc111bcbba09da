import { type ConfigRow, explainConfig } from "../../../config/explain-config.ts";
import { describeOrigin } from "../../../config/origin.ts";
import type { SettingsModel, SettingValue } from "../../../dashboard/settings/settings-model.ts";
import { redactText } from "../../../dashboard/task/redact.ts";
import { mayActAs } from "../../../domain/role.ts";
import type { Asked } from "../../route.ts";
import { viewerOf } from "../show-page.ts";

/** What the page of settings shows to whoever asks. */
export async function gatherSettings({
  server,
  caller,
}: Pick<Asked, "server" | "caller">): Promise<SettingsModel> {
  const { store, config, settings, clock } = server;
  const maySeeKeys = caller.role !== undefined && mayActAs(caller.role, "admin");
  return {
    ...{ viewer: viewerOf(caller), now: clock.now(), isOpen: caller.kind === "local" },
    values: explainConfig(config).map(settingOf),
    files: config.places.map(({ path, exists }) => ({ path, exists })),
    ...(maySeeKeys && { keys: await store.access.listKeys() }),
    versions: [
      ["clx", settings.version],
      ["Node", process.version],
      ["Mode", settings.mode],
      ["Database", settings.databasePath],
      ["Address", `${settings.host}:${settings.port}`],
    ],
  };
}

function settingOf({ key, toml, origin, via }: ConfigRow): SettingValue {
  const words = via === undefined ? describeOrigin(origin) : `${describeOrigin(origin)} (${via})`;
  const isSet = toml !== undefined;
  return {
    key,
    origin: isSet ? words : "not set",
    isDefault: !isSet || origin.kind === "default",
    ...(isSet && { value: redactText(toml) }),
  };
}
