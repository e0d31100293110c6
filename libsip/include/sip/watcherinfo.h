/* application/watcherinfo+xml: who watches a resource (RFC 3858). */
#ifndef SIP_WATCHERINFO_H
#define SIP_WATCHERINFO_H

#include <sip/xml.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_watcher_status {
    SIP_WATCHER_STATUS_ABSENT,
    SIP_WATCHER_PENDING,
    SIP_WATCHER_ACTIVE,
    SIP_WATCHER_WAITING,
    SIP_WATCHER_TERMINATED
} sip_watcher_status;

/** What led to the status. */
typedef enum sip_watcher_event {
    SIP_WATCHER_EVENT_ABSENT,
    SIP_WATCHER_SUBSCRIBE,
    SIP_WATCHER_APPROVED,
    SIP_WATCHER_DEACTIVATED,
    SIP_WATCHER_PROBATION,
    SIP_WATCHER_REJECTED,
    SIP_WATCHER_TIMEOUT,
    SIP_WATCHER_GIVEUP,
    SIP_WATCHER_NORESOURCE
} sip_watcher_event;

typedef struct sip_watcher {
    sip_xml_extra extra;
    sip_str id;                /**< required */
    sip_watcher_status status; /**< required */
    sip_watcher_event event;   /**< required */
    sip_str display_name;
    sip_str lang; /**< of the display name */
    sip_xml_uint expiration_s, duration_subscribed_s;
    sip_str uri;
} sip_watcher;

typedef struct sip_watcher_list {
    sip_xml_extra extra;
    sip_str resource; /**< required: what is watched */
    sip_str package;  /**< required: "presence" */
    const sip_watcher *watchers;
    size_t n_watchers;
} sip_watcher_list;

typedef struct sip_watcherinfo {
    sip_xml_extra extra;
    sip_xml_uint version; /**< required: one more with each document */
    sip_xml_state state;  /**< required */
    const sip_watcher_list *lists;
    size_t n_lists;
} sip_watcherinfo;

/** Read a document with the default limits; sip_watcherinfo_free() it.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG or SIP_ENOMEM, as sip_xml_body_parse() */
SIP_API int sip_watcherinfo_parse(const sip_allocator *allocator, sip_str text,
                                  sip_watcherinfo **ret_watcherinfo);
/** Print as snprintf() does.
 * @return the length needed; SIP_EINVAL for something required that is absent or a value that
 * cannot be printed; SIP_ETOOBIG as sip_xml_print() */
SIP_API int sip_watcherinfo_print(const sip_watcherinfo *watcherinfo, char *out, size_t size);
/** Free what sip_watcherinfo_parse() gave, with the same allocator; NULL is fine. */
SIP_API void sip_watcherinfo_free(const sip_allocator *allocator, sip_watcherinfo *watcherinfo);
/** To give a sip_watcherinfo as a body: the codec of "application/watcherinfo+xml"; static. */
SIP_API const sip_body_codec *sip_watcherinfo_codec(void);

#ifdef __cplusplus
}
#endif

#endif
