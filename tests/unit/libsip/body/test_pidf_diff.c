#include "xml_check.h"

#include "support/fail_alloc.h"

#include <stdio.h>
#include <stdlib.h>

#include <sip/pidf_diff.h>

#define START                                                                                      \
    "<p:pidf-diff xmlns='urn:ietf:params:xml:ns:pidf'"                                             \
    " xmlns:p='urn:ietf:params:xml:ns:pidf-diff' version='1'>"
#define END "</p:pidf-diff>"

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_pidf_diff_codec());
}

static void test_documents(void **state)
{
    (void)state;
    xml_check_document(body(), "rfc5262_full.xml");
    xml_check_document(body(), "rfc5262_diff.xml");
}

static void test_read(void **state)
{
    sip_pidf_diff *diff = xml_check_parse(body(), "rfc5262_diff.xml");

    (void)state;
    assert_int_equal(diff->kind, SIP_PIDF_DIFF_CHANGES);
    assert_int_equal(diff->version.value, 568);
    assert_str(diff->presence.entity, "pres:someone@example.com");
    assert_int_equal(diff->n_changes, 4);
    assert_int_equal(diff->changes[0].kind, SIP_PIDF_ADD);
    assert_int_equal(diff->changes[0].pos, SIP_PIDF_BEFORE);
    assert_str(diff->changes[0].extra.nodes->name, "tuple");
    assert_int_equal(diff->changes[1].kind, SIP_PIDF_REPLACE);
    assert_str(diff->changes[1].extra.nodes->text, "open");
    assert_int_equal(diff->changes[2].kind, SIP_PIDF_REMOVE);
    assert_int_equal(diff->changes[2].ws, SIP_PIDF_WS_AFTER);
    assert_str(diff->changes[3].sel, "*/tuple[@id='cg231jcr']/contact/@priority");
    sip_pidf_diff_free(NULL, diff);
}

static void test_apply(void **state)
{
    sip_pidf_diff *full = xml_check_parse(body(), "rfc5262_full.xml");
    sip_pidf_diff *diff = xml_check_parse(body(), "rfc5262_diff.xml");
    sip_pidf *before = NULL, *after = NULL;

    (void)state;
    assert_int_equal(full->kind, SIP_PIDF_DIFF_FULL);
    assert_int_equal(sip_pidf_diff_apply(NULL, NULL, full, &before), 0);
    assert_str(before->entity, "pres:someone@example.com");
    assert_int_equal(before->n_tuples, 3);
    assert_int_equal(before->persons[0].rpid.activities[0].n_values, 2);
    assert_int_equal(sip_pidf_diff_apply(NULL, before, diff, &after), 0);
    assert_int_equal(after->n_tuples, 4);
    assert_str(after->tuples[3].id, "ert4773");
    assert_int_equal(after->tuples[3].contact->priority.value, 400);
    assert_int_equal(after->tuples[2].status->basic, SIP_PIDF_OPEN);
    assert_int_equal(after->tuples[1].contact->priority.value, 700);
    assert_int_equal(after->persons[0].rpid.activities[0].n_values, 1);
    assert_str(after->persons[0].rpid.activities[0].values[0].name, "on-the-phone");
    assert_int_equal(before->tuples[2].status->basic, SIP_PIDF_CLOSED);
    sip_pidf_free(NULL, after);
    sip_pidf_free(NULL, before);
    sip_pidf_diff_free(NULL, full);
    sip_pidf_diff_free(NULL, diff);
}

static void test_apply_text(void **state)
{
    static const char document[] = "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a'>"
                                   " <x:y xmlns:x='u'/> <note>b</note> </presence>";
    sip_pidf_diff *diff = NULL;
    sip_str text;

    (void)state;
    assert_int_equal(sip_pidf_diff_parse(NULL,
                                         SIP_STR(START "<p:remove sel='presence/*[1]' ws='both'/>"
                                                       "<p:replace sel='*/note'><note>c</note>"
                                                       "</p:replace>" END),
                                         &diff),
                     0);
    assert_int_equal(sip_pidf_diff_apply_text(NULL, SIP_STR(document), diff, &text), 0);
    assert_str(text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"a\">"
                     "<note>c</note> </presence>");
    sip_free(NULL, (void *)(uintptr_t)text.ptr);
    sip_pidf_diff_free(NULL, diff);
}

static void assert_refused(const char *changes, int err)
{
    static const sip_pidf pidf = {.entity = SIP_STR_INIT("a")};
    char text[1000];
    sip_pidf_diff *diff = NULL;
    sip_pidf *result = NULL;

    snprintf(text, sizeof text, "%s%s%s", START, changes, END);
    assert_int_equal(sip_pidf_diff_parse(NULL, sip_str_of(text), &diff), 0);
    assert_int_equal(sip_pidf_diff_apply(NULL, &pidf, diff, &result), err);
    assert_null(result);
    sip_pidf_diff_free(NULL, diff);
}

static void test_refused(void **state)
{
    const sip_pidf pidf = {.entity = SIP_STR_INIT("a")};
    const sip_pidf_diff nothing = {.kind = SIP_PIDF_DIFF_CHANGES};
    sip_pidf *result = NULL;
    sip_str text = {NULL, 0};

    (void)state;
    assert_int_equal(sip_pidf_diff_apply(NULL, &pidf, NULL, &result), SIP_EINVAL);
    assert_int_equal(sip_pidf_diff_apply(NULL, NULL, &nothing, &result), SIP_EINVAL);
    assert_int_equal(sip_pidf_diff_apply_text(NULL, SIP_STR("<a/>"), NULL, &text), SIP_EINVAL);
    assert_int_equal(sip_pidf_diff_apply_text(NULL, text, &nothing, &text), SIP_ESYNTAX);
    assert_null(text.ptr);
    assert_refused("<p:remove sel='*/tuple'/>", SIP_ENOENT);
    assert_refused("<p:remove sel='*/'/>", SIP_ESYNTAX);
    assert_refused("<p:remove sel='*/@entity'/>", SIP_ESYNTAX);
    assert_refused("<p:add sel='*'><tuple id='1'/></p:add>", SIP_ESYNTAX);
    assert_refused("<p:remove sel='a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q'/>", SIP_ETOOBIG);
    assert_refused("<p:replace sel='*'><presence/></p:replace>", SIP_ESYNTAX);
    xml_check_refused(body(), START "<p:remove/>" END, SIP_ESYNTAX);
    xml_check_refused(body(), "<pidf-diff xmlns='urn:ietf:params:xml:ns:pidf'/>", SIP_ESYNTAX);
    xml_check_refused(body(), "<pidf xmlns='urn:ietf:params:xml:ns:pidf-diff'/>", SIP_ESYNTAX);
}

/* Documents of 200 KB and many small changes, each of which makes one look at or copy it all. */
static void assert_too_much(const char *repeated, const char *between, const char *change)
{
    enum {
        ROOM = 260000
    };
    char *document = malloc(ROOM), *text = malloc(ROOM);
    size_t at = (size_t)snprintf(
        document, ROOM, "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='a'>%s", between);
    sip_pidf_diff *diff = NULL;
    sip_xml *tree = NULL;
    sip_str result = {NULL, 0};

    while (at < 200000) {
        at += (size_t)snprintf(document + at, ROOM - at, "%s", repeated);
    }
    snprintf(document + at, ROOM - at, "%s</presence>", between[0] != '\0' ? "</note>" : "");
    assert_int_equal(sip_xml_parse(NULL, NULL, sip_str_of(document), &tree), 0);
    sip_xml_free(NULL, tree);
    at = (size_t)snprintf(text, ROOM, "%s", START);
    while (at < 200000) {
        at += (size_t)snprintf(text + at, ROOM - at, "%s", change);
    }
    snprintf(text + at, ROOM - at, "%s", END);
    assert_int_equal(sip_pidf_diff_parse(NULL, sip_str_of(text), &diff), 0);
    assert_int_equal(sip_pidf_diff_apply_text(NULL, sip_str_of(document), diff, &result),
                     SIP_ETOOBIG);
    assert_null(result.ptr);
    sip_pidf_diff_free(NULL, diff);
    free(document);
    free(text);
}

static void test_work(void **state)
{
    (void)state;
    assert_too_much("text ", "<note>", "<p:add sel='*/note'>x</p:add>");
    assert_too_much("text ", "<note>", "<p:add sel='*/note' pos='prepend'>x</p:add>");
    assert_too_much("<a>text text text text</a>", "<note>", "<p:add sel='*/note/a[1]'>x</p:add>");
    assert_too_much("<note>text text text text</note>", "",
                    "<p:add sel='*' type='@b'>x</p:add><p:remove sel='*/@b'/>");
}

static void test_no_memory(void **state)
{
    sip_pidf_diff *full = xml_check_parse(body(), "rfc5262_full.xml");
    sip_pidf_diff *diff = xml_check_parse(body(), "rfc5262_diff.xml");
    sip_pidf *before = NULL;
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    assert_int_equal(sip_pidf_diff_apply(NULL, NULL, full, &before), 0);
    do {
        sip_pidf *after = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        err = sip_pidf_diff_apply(&fail.allocator, before, diff, &after);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        sip_pidf_free(&fail.allocator, after);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_true(n > 50);
    sip_pidf_free(NULL, before);
    sip_pidf_diff_free(NULL, full);
    sip_pidf_diff_free(NULL, diff);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents), cmocka_unit_test(test_read),
        cmocka_unit_test(test_apply),     cmocka_unit_test(test_apply_text),
        cmocka_unit_test(test_refused),   cmocka_unit_test(test_work),
        cmocka_unit_test(test_no_memory),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
