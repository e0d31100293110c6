#include "xml_check.h"

#include <sip/watcherinfo.h>

static const sip_xml_body *body(void)
{
    return xml_check_body(sip_watcherinfo_codec());
}

static void test_documents(void **state)
{
    static const char *const names[] = {"rfc3858_full.xml"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        xml_check_document(body(), names[i]);
    }
}

#include <stdio.h>

static void test_watchers(void **state)
{
    sip_watcherinfo *info = xml_check_parse(body(), "rfc3858_full.xml");
    const sip_watcher_list *list = &info->lists[0];

    (void)state;
    assert_int_equal(info->version.value, 0);
    assert_int_equal(info->state, SIP_XML_FULL);
    assert_int_equal(info->n_lists, 1);
    assert_str(list->resource, "sip:professor@example.net");
    assert_str(list->package, "presence");
    assert_int_equal(list->n_watchers, 2);
    assert_int_equal(list->watchers[0].status, SIP_WATCHER_ACTIVE);
    assert_int_equal(list->watchers[0].event, SIP_WATCHER_APPROVED);
    assert_str(list->watchers[0].id, "8ajksjda7s");
    assert_int_equal(list->watchers[0].duration_subscribed_s.value, 509);
    assert_str(list->watchers[0].uri, "sip:userA@example.net");
    assert_int_equal(list->watchers[1].status, SIP_WATCHER_PENDING);
    assert_str(list->watchers[1].display_name, "Mr. Subscriber");
    assert_false(list->watchers[1].expiration_s.is_set);
    sip_watcherinfo_free(NULL, info);
}

static void test_build(void **state)
{
    const sip_watcher watcher = {.id = SIP_STR_INIT("w"),
                                 .status = SIP_WATCHER_TERMINATED,
                                 .event = SIP_WATCHER_NORESOURCE,
                                 .display_name = SIP_STR_INIT("\xc3\xa9\n\"<"),
                                 .lang = SIP_STR_INIT("fr"),
                                 .expiration_s = {true, UINT64_MAX},
                                 .uri = SIP_STR_INIT("sip:a@b")};
    const sip_watcher_list list = {.resource = SIP_STR_INIT("sip:r@b"),
                                   .package = SIP_STR_INIT("presence"),
                                   .watchers = &watcher,
                                   .n_watchers = 1};
    const sip_watcherinfo info = {
        .version = {true, 9}, .state = SIP_XML_PARTIAL, .lists = &list, .n_lists = 1};
    const char *expected =
        "<watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\" version=\"9\""
        " state=\"partial\"><watcher-list resource=\"sip:r@b\" package=\"presence\">"
        "<watcher id=\"w\" status=\"terminated\" event=\"noresource\""
        " display-name=\"\xc3\xa9&#10;&quot;&lt;\" xml:lang=\"fr\""
        " expiration=\"18446744073709551615\">sip:a@b</watcher></watcher-list></watcherinfo>";
    char out[1000];

    (void)state;
    assert_true(sip_watcherinfo_print(&info, out, sizeof out) > 0);
    assert_string_equal(strchr(out, '\n') + 1, expected);
    xml_check_printed(body(), out, expected);
}

static void test_malformed(void **state)
{
    const char *start = "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' ";
    static const char *const rests[] = {
        "/>",
        "version='1'/>",
        "version='99999999999999999999' state='full'/>",
        "version='1' state='full'><watcher-list package='a'/></watcherinfo>",
        ("version='1' state='full'><watcher-list resource='a' package='b'>"
         "<watcher id='1' status='active'>a</watcher></watcher-list></watcherinfo>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof rests / sizeof rests[0]; i++) {
        char text[500];

        snprintf(text, sizeof text, "%s%s", start, rests[i]);
        xml_check_refused(body(), text, SIP_ESYNTAX);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_watchers),
        cmocka_unit_test(test_build),
        cmocka_unit_test(test_malformed),
    };

    xml_check_folder(argc > 1 ? argv[1] : ".");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
