/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef SNAPVOL_TOOLS_APPLETS_H
#define SNAPVOL_TOOLS_APPLETS_H

/*
 * All applets by name: each stands at the end of the file of its name, but for what is like another
 * command and stands in its file: svextend and svreduce (svresize.c), svgimport (svgexport.c),
 * svgmerge (svgsplit.c), svgmknodes (svgscan.c).
 */

struct applet;

extern const struct applet complete_applet;
extern const struct applet config_applet;
extern const struct applet describe_applet;
extern const struct applet fullreport_applet;
extern const struct applet lvmconfig_applet;
extern const struct applet svchange_applet;
extern const struct applet svcheck_applet;
extern const struct applet svconvert_applet;
extern const struct applet svcreate_applet;
extern const struct applet svdisplay_applet;
extern const struct applet svextend_applet;
extern const struct applet svgcfgbackup_applet;
extern const struct applet svgcfgrestore_applet;
extern const struct applet svgchange_applet;
extern const struct applet svgck_applet;
extern const struct applet svgcreate_applet;
extern const struct applet svgdisplay_applet;
extern const struct applet svgexport_applet;
extern const struct applet svgextend_applet;
extern const struct applet svgimport_applet;
extern const struct applet svgmerge_applet;
extern const struct applet svgmknodes_applet;
extern const struct applet svgreduce_applet;
extern const struct applet svgremove_applet;
extern const struct applet svgrename_applet;
extern const struct applet svgs_applet;
extern const struct applet svgscan_applet;
extern const struct applet svgsplit_applet;
extern const struct applet svmerge_applet;
extern const struct applet svpvchange_applet;
extern const struct applet svpvcreate_applet;
extern const struct applet svpvdisplay_applet;
extern const struct applet svpvremove_applet;
extern const struct applet svpvresize_applet;
extern const struct applet svpvs_applet;
extern const struct applet svpvscan_applet;
extern const struct applet svrecover_applet;
extern const struct applet svreduce_applet;
extern const struct applet svremove_applet;
extern const struct applet svrename_applet;
extern const struct applet svresize_applet;
extern const struct applet svs_applet;
extern const struct applet svscan_applet;

#endif
