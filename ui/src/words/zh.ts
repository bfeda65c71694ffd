// Everything the window says in Chinese; English has the same keys.
import { buying } from "./zh/buying";
import { certificates } from "./zh/certificates";
import { desk } from "./zh/desk";
import { frame } from "./zh/frame";
import { home } from "./zh/home";
import { sealLog } from "./zh/seal_log";
import { seals } from "./zh/seals";
import { settings } from "./zh/settings";
import { verify } from "./zh/verify";

/** Chinese words by place. */
export const zh = {
  ...frame,
  ...home,
  ...buying,
  ...certificates,
  ...seals,
  ...sealLog,
  ...desk,
  ...verify,
  ...settings,
};
