#include <sip/watcherinfo.h>

#include "body/xml_body.h"

static const char *const status_names[] = {NULL,      "pending",    "active",
                                           "waiting", "terminated", NULL};
static const char *const event_names[] = {NULL,         "subscribe", "approved", "deactivated",
                                          "probation",  "rejected",  "timeout",  "giveup",
                                          "noresource", NULL};

static const struct sip__xml_row watcher_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_watcher, id, .name = "id", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_watcher, status, .name = "status", .names = status_names,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_watcher, event, .name = "event", .names = event_names,
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_watcher, display_name, .name = "display-name"),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_watcher, lang, .name = "lang", .ns = SIP__NS_XML),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_watcher, expiration_s, .name = "expiration"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_watcher, duration_subscribed_s,
                 .name = "duration-subscribed"),
    SIP__XML_ROW(CONTENT, TOKEN, sip_watcher, uri, .name = ""),
};
static const struct sip__xml_shape watcher_shape = SIP__XML_SHAPE(watcher_rows, sip_watcher);

static const struct sip__xml_row list_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_watcher_list, resource, .name = "resource",
                 .required = true),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_watcher_list, package, .name = "package", .required = true),
    SIP__XML_ROW(CHILD, LIST, sip_watcher_list, watchers, .name = "watcher",
                 .ns = SIP__NS_WATCHERINFO, .shape = &watcher_shape),
};
static const struct sip__xml_shape list_shape = SIP__XML_SHAPE(list_rows, sip_watcher_list);

static const struct sip__xml_row winfo_rows[] = {
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_watcherinfo, version, .name = "version", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_watcherinfo, state, .name = "state", .names = sip__xml_states,
                 .required = true),
    SIP__XML_ROW(CHILD, LIST, sip_watcherinfo, lists, .name = "watcher-list",
                 .ns = SIP__NS_WATCHERINFO, .shape = &list_shape),
};
static const struct sip__xml_shape winfo_shape = SIP__XML_SHAPE(winfo_rows, sip_watcherinfo);

static const struct sip__xml_doc winfo_doc = {
    .root = "watcherinfo",
    .shape = &winfo_shape,
    .ns = SIP__NS_WATCHERINFO,
    .default_ns = SIP__NS_WATCHERINFO,
};

SIP__XML_BODY(watcherinfo, "application/watcherinfo+xml", winfo_doc)
