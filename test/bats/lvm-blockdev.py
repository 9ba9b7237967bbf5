#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# lvm-blockdev.py GROUP DEVICE DEVICE: has libblockdev's LVM plugin make, show, change and remove volumes, and
# prints what it says.

import sys

import gi

gi.require_version("GLib", "2.0")
gi.require_version("BlockDev", "2.0")
from gi.repository import BlockDev as B  # noqa: E402
from gi.repository import GLib  # noqa: E402

MIB = 1 << 20
group, first, second = sys.argv[1:]


def show(what, data, fields):
    print(what, *("%s=%s" % (field, getattr(data, field)) for field in fields.split()))


def volumes():
    for lv in sorted(B.lvm_lvs(group), key=lambda lv: lv.lv_name):
        show("lv", lv, "lv_name vg_name size attr segtype origin pool_lv data_lv metadata_lv roles move_pv"
             " data_percent metadata_percent copy_percent")


def groups():
    for vg in B.lvm_vgs():
        show("vg", vg, "name size free extent_size extent_count free_count pv_count")
    for pv in B.lvm_pvs():
        show("pv", pv, "pv_name pv_free pv_size pe_start vg_name vg_size vg_free vg_extent_size vg_extent_count"
             " vg_free_count vg_pv_count")


def tell(name, *args):
    try:
        answer = getattr(B, "lvm_" + name)(*args)
    except GLib.Error as error:
        answer = error.message
    print(name, *args, "->", answer)


plugin = B.PluginSpec()
plugin.name = B.Plugin.LVM
plugin.so_name = "libbd_lvm.so.2"
B.init([plugin], None)
for device in first, second:
    tell("pvcreate", device, 0, 0, None)
groups()
tell("vgcreate", group, [first], 4 * MIB, None)
tell("vgextend", group, second, None)
groups()
tell("lvcreate", group, "base", 16 * MIB, "linear", [first], None)
tell("lvcreate", group, "striped", 8 * MIB, "striped", [first, second], None)
tell("lvsnapshotcreate", group, "base", "snap", 8 * MIB, None)
volumes()
show("info", B.lvm_lvinfo(group, "snap"), "lv_name origin attr size segtype")
tell("lvorigin", group, "snap")
tell("lvrename", group, "striped", "renamed", None)
tell("lvresize", group, "renamed", 16 * MIB, None)
tell("lvresize", group, "snap", 12 * MIB, None)
volumes()
groups()
tell("lvcreate", group, "base", 4 * MIB, None, None, None)
tell("lvremove", group, "missing", True, None)
tell("lvinfo", group, "missing")
tell("lvcreate", group, "large", 1024 * MIB, None, None, None)
tell("vginfo", "no-such-group")
tell("lvsnapshotmerge", group, "snap", None)
volumes()
tell("lvdeactivate", group, "renamed", None)
volumes()
tell("lvactivate", group, "renamed", True, None)
tell("lvremove", group, "renamed", True, None)
tell("lvremove", group, "base", True, None)
tell("vgdeactivate", group, None)
tell("vgactivate", group, None)
tell("vgreduce", group, second, None)
tell("vgrename", group, group + "x", None)
tell("vgremove", group + "x", None)
tell("pvresize", first, 32 * MIB, None)
groups()
for device in first, second:
    tell("pvremove", device, None)
groups()
