#include "sim/rungs.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_BYTES 256

typedef struct rung {
    sip_list link;
    sip_map_node node;
    bool repeated;
    size_t len;
    char line[];
} rung;

int sip__rungs_init(sip__rungs *rungs, const sip_allocator *allocator, const sip_random *random)
{
    memset(rungs, 0, sizeof *rungs);
    rungs->allocator = allocator;
    sip_list_init(&rungs->lines);
    return sip_map_init(&rungs->seen, allocator, random);
}

void sip__rungs_finish(sip__rungs *rungs)
{
    while (!sip_list_is_empty(&rungs->lines)) {
        rung *it = SIP_CONTAINER_OF(rungs->lines.next, rung, link);

        sip_list_remove(&it->link);
        sip_free(rungs->allocator, it);
    }
    sip_map_finish(&rungs->seen);
    sip_free(rungs->allocator, rungs->text);
}

static bool is_sdp(const sip_body *body)
{
    static const char type[] = "application/sdp";

    return body != NULL && body->type.len >= sizeof type - 1 &&
           sip_str_equal_nocase((sip_str){body->type.ptr, sizeof type - 1}, type);
}

bool sip__rungs_summary(const sip_allocator *allocator, sip_str bytes, char out[SIP__SUMMARY_BYTES])
{
    sip_msg *msg = NULL;
    int err = sip_msg_parse(allocator, NULL, bytes, NULL, &msg, NULL);
    const char *sdp;

    if (err != 0) {
        snprintf(out, SIP__SUMMARY_BYTES, "?");
        return err != SIP_EAGAIN;
    }
    sdp = is_sdp(sip_msg_body(msg)) ? " sdp" : "";
    if (sip_msg_is_request(msg)) {
        sip_str method = sip_msg_method_text(msg);

        method.len = method.len > 20 ? 20 : method.len;
        snprintf(out, SIP__SUMMARY_BYTES, SIP_FMT "%s", SIP_ARG(method), sdp);
    } else {
        snprintf(out, SIP__SUMMARY_BYTES, "%d%s", sip_msg_status(msg), sdp);
    }
    sip_msg_unref(msg);
    return true;
}

void sip__rungs_add(sip__rungs *rungs, const char *left, const char *arrow, const char *right,
                    const char *summary, sip_str bytes)
{
    char line[LINE_BYTES];
    int printed = snprintf(line, sizeof line, "%s %s %s %s\n", left, arrow, right, summary);
    size_t len = printed < 0 ? 0 : (size_t)printed;
    uint64_t hash;
    rung *it;

    len = len < sizeof line ? len : sizeof line - 1;
    it = sip_alloc0(rungs->allocator, sizeof *it + len);
    if (it == NULL) {
        rungs->incomplete = true;
        return;
    }
    memcpy(it->line, line, len);
    it->len = len;
    /* Both hashes are keyed and 64 bits wide: equal means the same message from the same sender to
     * the same receiver. */
    hash = sip_map_hash(&rungs->seen, bytes) ^
           (sip_map_hash(&rungs->seen, (sip_str){line, len}) * UINT64_C(0x9e3779b97f4a7c15));
    it->repeated = sip_map_first(&rungs->seen, hash) != NULL;
    sip_map_insert(&rungs->seen, hash, &it->node);
    sip_list_init(&it->link);
    sip_list_append(&rungs->lines, &it->link);
}

const char *sip__rungs_text(sip__rungs *rungs, bool first_only)
{
    size_t len = 0;

    for (const sip_list *link = rungs->lines.next; link != &rungs->lines; link = link->next) {
        len += SIP_CONTAINER_OF(link, rung, link)->len;
    }
    sip_free(rungs->allocator, rungs->text);
    rungs->text = sip_alloc0(rungs->allocator, len + 1);
    if (rungs->text == NULL || rungs->incomplete) {
        return "(out of memory)\n";
    }
    len = 0;
    for (const sip_list *link = rungs->lines.next; link != &rungs->lines; link = link->next) {
        const rung *it = SIP_CONTAINER_OF(link, rung, link);

        if (!first_only || !it->repeated) {
            memcpy(rungs->text + len, it->line, it->len);
            len += it->len;
        }
    }
    return rungs->text;
}

const char *sip__rungs_diff(sip__rungs *rungs, bool first_only, const char *expected, uint64_t seed)
{
    static const char format[] = "seed %" PRIu64 ": line %zu differs\n"
                                 "--- expected\n%s--- seen\n%s---\n";
    const char *seen = sip__rungs_text(rungs, first_only);
    size_t line = 1, size = sizeof format + 64;
    char *text;

    if (strcmp(seen, expected) == 0) {
        return NULL;
    }
    for (size_t i = 0; seen[i] != '\0' && seen[i] == expected[i]; i++) {
        line += seen[i] == '\n';
    }
    size += strlen(seen) + strlen(expected);
    text = sip_alloc0(rungs->allocator, size);
    if (text == NULL) {
        return "(out of memory)\n";
    }
    snprintf(text, size, format, seed, line, expected, seen);
    sip_free(rungs->allocator, rungs->text);
    rungs->text = text;
    return text;
}
