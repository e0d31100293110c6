/* What the subjects of the parse bench share: each reads the same seven values out of a message and
 * says whether they are right. */
#ifndef PARSE_MAIN_H
#define PARSE_MAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** A text of the message; ptr NULL where the message has none. */
struct text {
    const char *ptr;
    size_t len;
};

/** What stands in a message. */
struct values {
    struct text from_tag, to_user, to_host, call_id, cseq_method, branch, contact_host;
    uint32_t cseq_number;
    uint32_t content_length;
};

static inline struct text text_of(const char *c_string)
{
    return (struct text){c_string, c_string == NULL ? 0 : strlen(c_string)};
}

static inline bool same_text(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/** True if all that was read is what stands in the message. */
static inline bool same_values(const struct values *read, const struct values *wanted)
{
    return same_text(read->from_tag, wanted->from_tag) &&
           same_text(read->to_user, wanted->to_user) && same_text(read->to_host, wanted->to_host) &&
           same_text(read->call_id, wanted->call_id) &&
           same_text(read->cseq_method, wanted->cseq_method) &&
           same_text(read->branch, wanted->branch) &&
           same_text(read->contact_host, wanted->contact_host) &&
           read->cseq_number == wanted->cseq_number &&
           read->content_length == wanted->content_length;
}

/** Made once by each subject. */
void parse_setup(void);

/** Parse one message as the subject's transport does it, validate it as is done before transactions
 * are matched, read the values, compare them, and free the message. */
bool parse_once(const char *bytes, size_t len, const struct values *wanted);

#endif
