/* Fragments of messages: what was read is printed, and what was printed reads and prints the same.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/headers.h>
#include <sip/sipfrag.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char *print(const sip_sipfrag *sipfrag, size_t *ret_len)
{
    const int len = sip_sipfrag_print(sipfrag, NULL, 0);
    char *text;

    check(len >= 0);
    text = malloc((size_t)len + 1);
    check(text != NULL);
    check(sip_sipfrag_print(sipfrag, text, (size_t)len + 1) == len);
    *ret_len = (size_t)len;
    return text;
}

static void look(const sip_sipfrag *sipfrag)
{
    const sip_body body = sip_sipfrag_body(sipfrag);
    sip_contact contact;
    sip_warning warning;
    const sip_body_type *type;
    void *object;

    sip_sipfrag_typed(sipfrag, &sip_contact_type, 1, &contact);
    sip_sipfrag_typed(sipfrag, &sip_warning_type, 0, &warning);
    if (body.data.len > 0 && sip_body_read(NULL, &body, NULL, &type, &object) == 0) {
        type->free(NULL, object);
    }
}

static void make(sip_str text)
{
    static const sip_header_id ids[] = {SIP_HEADER_TO, SIP_HEADER_CALL_ID};
    const sip_sipfrag_choice choice = {
        .start_line = true, .body = true, .headers = ids, .n_headers = 2};
    sip_sipfrag *sipfrag;
    sip_msg *msg;
    size_t len;

    if (sip_msg_parse(NULL, NULL, text, NULL, &msg, NULL) == 0) {
        check(sip_sipfrag_of(NULL, msg, &choice, &sipfrag) == 0);
        if (sip_sipfrag_print(sipfrag, NULL, 0) != SIP_EINVAL) { /* a lone LF or a zero in it */
            free(print(sipfrag, &len));
        }
        sip_sipfrag_free(NULL, sipfrag);
        sip_msg_unref(msg);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sip_sipfrag *first, *again;
    char *text, *again_text;
    size_t len, again_len;

    make((sip_str){(const char *)data, size});
    if (sip_sipfrag_parse(NULL, (sip_str){(const char *)data, size}, &first) != 0) {
        return 0;
    }
    look(first);
    text = print(first, &len);
    check(sip_sipfrag_parse(NULL, (sip_str){text, len}, &again) == 0);
    again_text = print(again, &again_len);
    check(again_len == len && memcmp(text, again_text, len) == 0);
    sip_sipfrag_free(NULL, first);
    sip_sipfrag_free(NULL, again);
    free(again_text);
    free(text);
    return 0;
}
