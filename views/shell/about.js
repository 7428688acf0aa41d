/** "About": fetched when somebody first asks for it. */
import { notice } from "../kit/page.js";
import { fetchJson } from "../kit/request.js";

const NOT_LOADED = "What is told about this page did not load; check that the server is running.";

/**
 * @param {string} address of the file About
 * @param {{ view: string, title: string }[]} views all views
 * @returns {{ open: () => void }}
 */
export const mountAbout = (address, views) => {
  /** @type {HTMLDialogElement | null} */
  let dialog = null;
  return {
    open: async () => {
      try {
        const [{ createAboutDialog }, about] = await Promise.all([
          import("./about_dialog.js"),
          fetchJson(address),
        ]);
        dialog ??= createAboutDialog(about, views);
        dialog.showModal();
      } catch {
        notice.value = NOT_LOADED;
      }
    },
  };
};
