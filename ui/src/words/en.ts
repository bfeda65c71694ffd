// Everything the window says in English, under the same keys as Chinese.
import { buying } from "./en/buying";
import { certificates } from "./en/certificates";
import { desk } from "./en/desk";
import { frame } from "./en/frame";
import { home } from "./en/home";
import { sealLog } from "./en/seal_log";
import { seals } from "./en/seals";
import { settings } from "./en/settings";
import { verify } from "./en/verify";
import type { Words } from "./words_like";
import type { zh } from "./zh";

/** English words by place. */
export const en: Words<typeof zh> = {
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
