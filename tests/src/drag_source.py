"""A window at X Y that offers files to be dragged away: says «shown», then «taken» or «refused», and ends."""

import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def main(x: int, y: int, files: list[str]) -> None:
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.move(x, y)
    window.resize(120, 120)
    window.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    window.drag_source_add_uri_targets()
    uris = [Gio.File.new_for_path(file).get_uri() for file in files]
    window.connect("drag-data-get", lambda _window, _context, data, _info, _time: data.set_uris(uris))
    refused = []

    def failed(_window, _context, _result):
        refused.append(True)
        return True

    def ended(_window, _context):
        print("refused" if refused else "taken", flush=True)
        Gtk.main_quit()

    window.connect("drag-failed", failed)
    window.connect("drag-end", ended)
    window.connect("map-event", lambda *_: GLib.idle_add(lambda: print("shown", flush=True)))
    window.show_all()
    Gtk.main()


main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
