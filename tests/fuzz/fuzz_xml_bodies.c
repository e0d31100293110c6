/* The XML documents, the type chosen by the first byte: what was read is printed, and what was
 * printed is read again and printed the same. A partial presence document is applied too, and the
 * diff of two documents leads from one to the other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/pidf_diff.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What diffs are applied to. */
static const char presence[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:someone@example.com'"
    " xmlns:d='urn:ietf:params:xml:ns:pidf:data-model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'>"
    "<tuple id='sg89ae'><status><basic>open</basic></status>"
    "<contact priority='0.8'>tel:09012345678</contact></tuple>"
    "<tuple id='cg231jcr'><status><basic>open</basic></status>"
    "<contact priority='1.0'>im:pep@example.com</contact></tuple>"
    "<tuple id='r1230d'><status><basic>closed</basic></status></tuple>"
    "<note xml:lang='en'>Full state presence document</note>"
    "<d:person id='p'><r:activities><r:on-the-phone/><r:busy/></r:activities></d:person>"
    "</presence>";

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char *print(const sip_xml_body *body, const void *object, int *ret_len)
{
    char *text;

    *ret_len = body->codec.print(object, NULL, 0);
    if (*ret_len < 0) {
        return NULL;
    }
    text = malloc((size_t)*ret_len + 1);
    if (text != NULL) {
        check(body->codec.print(object, text, (size_t)*ret_len + 1) == *ret_len);
    }
    return text;
}

/* Namespaces that a document declares and does not use may fill the printer's table, and what was
 * short may grow over the reader's limits. */
static void try_again(const sip_xml_body *body, const void *object)
{
    int len, len_again, err;
    char *text = print(body, object, &len);
    char *text_again = NULL;
    void *again = NULL;

    check(text != NULL || len == SIP_ETOOBIG);
    if (text == NULL) {
        return;
    }
    err = body->parse(NULL, (sip_str){text, (size_t)len}, &again);
    check(err == 0 || err == SIP_ETOOBIG);
    if (err == 0) {
        text_again = print(body, again, &len_again);
        check(text_again == NULL ? len_again == SIP_ETOOBIG
                                 : len_again == len && memcmp(text, text_again, (size_t)len) == 0);
    }
    body->free(NULL, again);
    free(text);
    free(text_again);
}

/* The order may differ; nothing else does. */
static void check_same(const sip_pidf *a, const sip_pidf *b)
{
    sip_pidf_diff *rest = NULL;

    if (sip_pidf_diff_make(NULL, a, b, 1, &rest) == 0) {
        check(rest->kind == SIP_PIDF_DIFF_CHANGES && rest->n_changes == 0);
    }
    sip_pidf_diff_free(NULL, rest);
}

static void try_diff(const sip_pidf_diff *diff)
{
    sip_pidf *pidf = NULL;
    sip_pidf *result = NULL;
    sip_pidf_diff *made = NULL;

    check(sip_pidf_parse(NULL, sip_str_of(presence), &pidf) == 0);
    if (sip_pidf_diff_apply(NULL, pidf, diff, &result) == 0 &&
        sip_pidf_diff_make(NULL, pidf, result, 1, &made) == 0) {
        sip_pidf *same = NULL;
        int err = sip_pidf_diff_apply(NULL, pidf, made, &same);

        check(err == 0 || err == SIP_ETOOBIG);
        if (err == 0) {
            check_same(same, result);
        }
        sip_pidf_free(NULL, same);
    }
    sip_pidf_diff_free(NULL, made);
    sip_pidf_free(NULL, result);
    sip_pidf_free(NULL, pidf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n;
    const sip_xml_body *const *bodies = sip_xml_bodies(&n);
    const sip_xml_body *body;
    void *object = NULL;

    if (size == 0) {
        return 0;
    }
    /* Printable, so that a seed is a text: '0' is the first type. */
    body = bodies[(size_t)(uint8_t)(data[0] - '0') % n];
    if (body->parse(NULL, (sip_str){(const char *)data + 1, size - 1}, &object) == 0) {
        try_again(body, object);
        if (&body->codec == sip_pidf_diff_codec()) {
            try_diff(object);
        }
    }
    body->free(NULL, object);
    return 0;
}
