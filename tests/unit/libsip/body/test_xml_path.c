#include "support/guard_str.h"

#include "body/xml_path.h"
#include "body/xml_select.h"

static const char document[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' xmlns:x='urn:x' xmlns:y='urn:y'"
    " xmlns:d='urn:ietf:params:xml:ns:pidf:data-model'>"
    "<tuple id='a'/><tuple id='b'/><tuple/><tuple id=\"it's\"/><tuple id='c'/><tuple id='c'/>"
    "<note/><x:a><y:b/>text<c xmlns=''/><y:b><x:a/></y:b></x:a><d:person id='p'/></presence>";

static void check_all(sip__xml_paths *paths, sip__xml_node *root, sip__xml_node *node)
{
    sip__xml_path path;
    sip__xml_target target;

    sip__xml_path_to(paths, &path, node);
    assert_int_equal(paths->err, 0);
    assert_int_equal(sip__xml_select(root, &(sip__xml_scope){.outer = paths->declared},
                                     (sip_str){path.bytes, path.len}, &target),
                     0);
    assert_ptr_equal(target.node, node);
    for (const sip_xml *x = node->x.children; x != NULL; x = x->next) {
        if (x->name.len > 0) {
            check_all(paths, root, sip__xml_node_of(x));
        }
    }
}

/* What a path is written for is what the selector finds. */
static void test_found_again(void **state)
{
    sip__arena arena;
    sip__xml_paths paths = {.arena = &arena};
    sip_xml *root = NULL;

    (void)state;
    sip__arena_init(&arena, NULL, NULL, 0, 10000);
    assert_int_equal(sip_xml_parse(NULL, NULL, SIP_STR(document), &root), 0);
    sip__xml_paths_declare(&paths, SIP_STR(""), SIP_STR("urn:ietf:params:xml:ns:pidf"));
    check_all(&paths, sip__xml_node_of(root), sip__xml_node_of(root));
    assert_int_equal(paths.n_declared, 4);
    sip_xml_free(NULL, root);
    sip__arena_finish(&arena);
}

static void test_written(void **state)
{
    sip__arena arena;
    sip__xml_paths paths = {.arena = &arena};
    sip__xml_path path, more = {.len = 0};
    sip_xml *root = NULL;
    const sip_xml *person;

    (void)state;
    sip__arena_init(&arena, NULL, NULL, 0, 10000);
    assert_int_equal(sip_xml_parse(NULL, NULL, SIP_STR(document), &root), 0);
    sip__xml_paths_declare(&paths, SIP_STR(""), SIP_STR("urn:ietf:params:xml:ns:pidf"));
    person = sip_xml_find(root->children, NULL, "person");
    sip__xml_path_to(&paths, &path, sip__xml_node_of(person));
    sip__xml_path_put(&paths, &path, "/");
    sip__xml_path_attribute(&paths, &more, SIP_STR("urn:ietf:params:xml:ns:pidf"), SIP_STR("m"));
    sip__xml_path_append(&paths, &path, &more);
    assert_str(((sip_str){path.bytes, path.len}), "*/dm:person[@id='p']/@pidf:m");
    more.len = 0;
    sip__xml_path_attribute(&paths, &more, SIP_STR(SIP_XML_NS_XML), SIP_STR("lang"));
    assert_str(((sip_str){more.bytes, more.len}), "@xml:lang");
    more.len = 0;
    sip__xml_path_attribute(&paths, &more, (sip_str){NULL, 0}, SIP_STR("id"));
    assert_str(((sip_str){more.bytes, more.len}), "@id");
    assert_int_equal(paths.n_declared, 3);
    sip_xml_free(NULL, root);
    sip__arena_finish(&arena);
}

static void test_errors(void **state)
{
    sip__arena arena;
    sip__xml_paths paths = {.arena = &arena};
    sip__xml_path path = {.len = sizeof path.bytes - 3};

    (void)state;
    sip__arena_init(&arena, NULL, NULL, 0, 0);
    sip__xml_path_put(&paths, &path, "abc");
    assert_int_equal(paths.err, 0);
    sip__xml_path_put(&paths, &path, "d");
    assert_int_equal(paths.err, SIP_ETOOBIG);
    assert_int_equal(path.len, sizeof path.bytes);
    assert_null(sip__xml_paths_memory(&paths, 1));
    assert_int_equal(paths.err, SIP_ETOOBIG);
    paths.err = 0;
    sip__xml_paths_declare(&paths, SIP_STR("a"), SIP_STR("b"));
    assert_int_equal(paths.err, SIP_ENOMEM);
    assert_null(paths.declared);
    sip__arena_finish(&arena);
}

static void test_same(void **state)
{
    const sip_xml_attribute one = {.name = SIP_STR_INIT("id"), .value = SIP_STR_INIT("1")};
    const sip_xml_attribute none = {.name = SIP_STR_INIT("id"), .value = SIP_STR_INIT("")};
    const sip_xml a = {.name = SIP_STR_INIT("a"), .attributes = &one};
    const sip_xml b = {.name = SIP_STR_INIT("a"), .attributes = &none};
    const sip_xml c = {.name = SIP_STR_INIT("a")};
    const sip_xml other = {.name = SIP_STR_INIT("a"), .ns = SIP_STR_INIT("u")};
    const sip_xml text = {.text = SIP_STR_INIT("a")};

    (void)state;
    assert_true(sip__xml_same_name(&a, &c));
    assert_false(sip__xml_same_name(&a, &other));
    assert_false(sip__xml_same_name(&text, &text));
    assert_true(sip__xml_same_key(&a, &a));
    assert_true(sip__xml_same_key(&c, &c));
    assert_false(sip__xml_same_key(&a, &b));
    assert_false(sip__xml_same_key(&b, &c));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_again),
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
