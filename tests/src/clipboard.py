"""Puts a picture into the clipboard, says «copied», and keeps it there until this program is ended."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GdkPixbuf, GLib, Gtk  # noqa: E402


def main(file: str) -> None:
    clipboard = Gtk.Clipboard.get(Gdk.SELECTION_CLIPBOARD)
    clipboard.set_image(GdkPixbuf.Pixbuf.new_from_file(file))
    GLib.idle_add(lambda: print("copied", flush=True))
    Gtk.main()


main(sys.argv[1])
