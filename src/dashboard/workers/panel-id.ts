export const panelId = "worker-panel";
