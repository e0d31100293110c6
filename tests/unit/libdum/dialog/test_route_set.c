#include "dialog/route_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void values_in_both_orders(void **state)
{
    static const char text[] = "INVITE sip:a@b SIP/2.0\r\nRecord-Route: <sip:1;lr>, <sip:2>\r\n"
                               "Record-Route: <sip:3;lr>\r\n\r\n";
    dum_manager dum = {.allocator = sip_allocator_default()};
    char *routes, *reversed;
    sip_msg *msg;

    (void)state;
    assert_int_equal(sip_msg_parse(NULL, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    assert_int_equal(dum__route_set_create(&dum, msg, false, &routes), 0);
    assert_int_equal(dum__route_set_create(&dum, msg, true, &reversed), 0);
    assert_string_equal(routes, "<sip:1;lr>\n<sip:2>\n<sip:3;lr>");
    assert_string_equal(reversed, "<sip:3;lr>\n<sip:2>\n<sip:1;lr>");
    assert_true(sip_str_equal(dum__route_set_value(routes, 2), "<sip:3;lr>"));
    assert_null(dum__route_set_value(routes, 3).ptr);
    assert_null(dum__route_set_value(NULL, 0).ptr);
    dum__free(&dum, routes);
    dum__free(&dum, reversed);
    sip_msg_unref(msg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_in_both_orders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
