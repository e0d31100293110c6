#include "message/kept.h"

#include "message/msg_internal.h"

struct sip__kept {
    struct sip__kept *next;
    const void *key;
    sip_str text;
    void *object;
    void (*release)(const sip_allocator *allocator, void *object);
};

void *sip__kept_find(const sip_msg *msg, const void *key, sip_str text)
{
    for (const struct sip__kept *kept = msg->kept; kept != NULL; kept = kept->next) {
        if (kept->key == key && kept->text.ptr == text.ptr && kept->text.len == text.len) {
            return kept->object;
        }
    }
    return NULL;
}

int sip__kept_add(const sip_msg *const_msg, const void *key, sip_str text, void *object,
                  void (*release)(const sip_allocator *allocator, void *object))
{
    sip_msg *msg = (sip_msg *)const_msg;
    struct sip__kept *kept = sip_alloc(msg->allocator, sizeof(*kept));

    if (kept == NULL) {
        return SIP_ENOMEM;
    }
    *kept = (struct sip__kept){msg->kept, key, text, object, release};
    msg->kept = kept;
    return 0;
}

void sip__kept_finish(sip_msg *msg)
{
    while (msg->kept != NULL) {
        struct sip__kept *kept = msg->kept;

        msg->kept = kept->next;
        kept->release(msg->allocator, kept->object);
        sip_free(msg->allocator, kept);
    }
}
