#include "message/build_internal.h"

#include <string.h>

#include "parser/cursor.h"

/* What the headers of a URI are read into. */
typedef struct uri_job {
    sip_build *build;
    char *name, *value; /* room for one of each, unescaped */
    sip_str body_text, body_type;
    unsigned refused;
} uri_job;

static bool is_refused(sip_header_id id)
{
    static const sip_header_id refused[] = {
        SIP_HEADER_FROM,
        SIP_HEADER_CALL_ID,
        SIP_HEADER_CSEQ,
        SIP_HEADER_VIA,
        SIP_HEADER_RECORD_ROUTE,
        SIP_HEADER_ROUTE,
        SIP_HEADER_PATH,
        SIP_HEADER_SERVICE_ROUTE,
        SIP_HEADER_MAX_FORWARDS,
        SIP_HEADER_AUTHORIZATION,
        SIP_HEADER_PROXY_AUTHORIZATION,
        SIP_HEADER_IDENTITY,
        SIP_HEADER_P_ASSERTED_IDENTITY,
        SIP_HEADER_P_PREFERRED_IDENTITY,
        SIP_HEADER_REMOTE_PARTY_ID,
        SIP_HEADER_ACCEPT,
        SIP_HEADER_ACCEPT_ENCODING,
        SIP_HEADER_ACCEPT_LANGUAGE,
        SIP_HEADER_ALLOW,
        SIP_HEADER_CONTACT,
        SIP_HEADER_ORGANIZATION,
        SIP_HEADER_SUPPORTED,
        SIP_HEADER_USER_AGENT,
        SIP_HEADER_CONTENT_DISPOSITION,
        SIP_HEADER_CONTENT_ENCODING,
        SIP_HEADER_CONTENT_LANGUAGE,
        SIP_HEADER_CONTENT_LENGTH,
        SIP_HEADER_DATE,
        SIP_HEADER_MIME_VERSION,
        SIP_HEADER_TIMESTAMP,
    };

    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (refused[i] == id) {
            return true;
        }
    }
    return false;
}

/* The text of `escaped` in `room`; empty for a bad escape, which a parsed URI has not. */
static sip_str plain(sip_str escaped, char *room)
{
    const int len = sip_unescape(escaped, room);

    return (sip_str){room, len > 0 ? (size_t)len : 0};
}

/* The two headers that make the body, which may come in either order. */
static void find_body(const sip_uri *uri, uri_job *job)
{
    sip_str rest = uri->headers;
    sip_str name, value;

    while (sip_uri_header_next(&rest, &name, &value)) {
        const sip_str known = plain(name, job->name);

        if (sip_str_equal_nocase(known, "body")) {
            job->body_text = value;
        } else if (sip_header_id_of(known) == SIP_HEADER_CONTENT_TYPE) {
            job->body_type = value;
        }
    }
}

static void add_headers(const sip_uri *uri, uri_job *job)
{
    sip_str rest = uri->headers;
    sip_str name, value;

    while (sip_uri_header_next(&rest, &name, &value)) {
        const sip_str known = plain(name, job->name);
        const sip_header_id id = sip_header_id_of(known);

        if (sip_str_equal_nocase(known, "body") ||
            (id == SIP_HEADER_CONTENT_TYPE && job->body_text.len > 0)) {
            continue;
        }
        value = plain(value, job->value);
        if (id == SIP_HEADER_CONTENT_TYPE || is_refused(id) || !sip__is_token(known) ||
            !sip__is_one_line(value) ||
            (id == SIP_HEADER_TO && sip_build_has(job->build, SIP_HEADER_TO))) {
            job->refused++;
            continue;
        }
        sip_build_named(job->build, id != SIP_HEADER_OTHER ? sip_header_name(id) : known, value);
    }
}

static void add_body(uri_job *job)
{
    sip_body body = {0};

    if (job->body_text.len == 0) {
        return;
    }
    body.type = plain(job->body_type, job->name);
    if (!sip__is_one_line(body.type)) {
        body.type.len = 0;
        job->refused++;
    }
    if (body.type.len == 0) {
        body.type = SIP_STR("text/plain");
    }
    body.data = plain(job->body_text, job->value);
    sip_build_body(job->build, &body);
}

/* The URI as a Request-URI: without method and headers (RFC 3261 19.1.1 table 1). `room` is twice
 * `bytes`. */
static sip_build *begin(const sip_allocator *allocator, sip_str method, const sip_uri *uri,
                        char *room, size_t bytes)
{
    static const sip_uri_change no_method[] = {{"method", NULL}, {NULL, NULL}};
    sip_uri bare = *uri;
    sip_str text = uri->text;

    if (uri->scheme == SIP_SCHEME_SIP || uri->scheme == SIP_SCHEME_SIPS) {
        int len;

        bare.headers = (sip_str){NULL, 0};
        len = sip_uri_print(&bare, no_method, room, bytes);
        text = (sip_str){room, len > 0 && (size_t)len <= bytes ? (size_t)len : 0};
        method = uri->method.len > 0 ? plain(uri->method, room + bytes) : method;
    }
    return sip_build_request(allocator, method, text);
}

/* Room for the whole URI or any part of it; the parts may have been replaced. */
static size_t room_for(const sip_uri *uri)
{
    const int len = sip_uri_print(uri, NULL, NULL, 0);

    return uri->text.len + uri->method.len + uri->headers.len + (len > 0 ? (size_t)len : 0) + 1;
}

sip_build *sip_build_request_from_uri(const sip_allocator *allocator, sip_str method,
                                      const sip_uri *uri, unsigned *ret_refused)
{
    static const sip_uri nothing = {.port = 0};
    size_t bytes;
    char *room;
    uri_job job = {.refused = 0};

    uri = uri != NULL ? uri : &nothing;
    bytes = room_for(uri);
    room = sip_alloc(allocator, 2 * bytes);
    if (room == NULL) {
        return NULL;
    }
    job.build = begin(allocator, method, uri, room, bytes);
    job.name = room;
    job.value = room + bytes;
    if (job.build != NULL) {
        find_body(uri, &job);
        add_headers(uri, &job);
        add_body(&job);
    }
    sip_free(allocator, room);
    if (ret_refused != NULL) {
        *ret_refused = job.refused;
    }
    return job.build;
}
