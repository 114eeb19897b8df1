#!/usr/bin/python3
"""An RTSP server for tests.

usage: rtsp_server.py PORT [FILE]
       rtsp_server.py ADDRESS:PORT/NAME [FILE]

Serves rtsp://127.0.0.1:PORT/video, PORT 0 for any, or what is named: an H.264 file in Matroska
from its start, or a moving picture that never ends. Prints the port when it
is ready. Commands on standard input, one a line:

  stall on | stall off   stop sending, connections stay open
  size WIDTH HEIGHT      another resolution, in mid-stream (no file)

Ends with its standard input.
"""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer

LIVE = (
    "videotestsrc is-live=true pattern=ball ! capsfilter name=size "
    "caps=video/x-raw,width=320,height=240,framerate=25/1 ! "
    "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! "
    "valve name=valve ! rtph264pay name=pay0 pt=96 config-interval=-1"
)
FILE = (
    "filesrc location={} ! matroskademux ! h264parse ! "
    "valve name=valve ! rtph264pay name=pay0 pt=96 config-interval=-1"
)


class Factory(GstRtspServer.RTSPMediaFactory):
    """One pipeline, shared by all clients."""

    def __init__(self, launch):
        super().__init__()
        self.set_launch("( " + launch + " )")
        self.set_shared(True)
        self.media = None
        self.connect("media-configure", self.remember)

    def remember(self, _, media):
        self.media = media

    def element(self, name):
        if self.media is None:
            return None
        return self.media.get_element().get_by_name_recurse_up(name)


def obey(factory, line):
    words = line.split()
    if words[:1] == ["stall"]:
        valve = factory.element("valve")
        if valve:
            valve.set_property("drop", words[1] == "on")
    elif words[:1] == ["size"]:
        size = factory.element("size")
        caps = "video/x-raw,width={},height={},framerate=25/1"
        if size:
            size.set_property(
                "caps", Gst.Caps.from_string(caps.format(words[1], words[2]))
            )


def main():
    Gst.init(None)
    loop = GLib.MainLoop()
    server = GstRtspServer.RTSPServer()
    host, name = "127.0.0.1", "video"
    port = sys.argv[1]
    if ":" in port:
        host, port = port.split(":")
        port, name = port.split("/")
    server.set_address(host)
    server.set_service(port)
    file = sys.argv[2] if len(sys.argv) > 2 else None
    factory = Factory(FILE.format(file) if file else LIVE)
    server.get_mount_points().add_factory("/" + name, factory)
    if server.attach(None) == 0:
        sys.exit("rtsp_server.py: cannot listen on port " + sys.argv[1])

    def command(*_):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        obey(factory, line)
        return True

    GLib.io_add_watch(0, GLib.IO_IN | GLib.IO_HUP, command)
    sys.stdout.write("{}\n".format(server.get_bound_port()))
    sys.stdout.flush()
    loop.run()


main()
