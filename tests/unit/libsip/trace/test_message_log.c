#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <sip/trace.h>

#include "support/fail_alloc.h"

typedef struct lines {
    char text[1000];
    size_t count;
} lines;

static void on_line(sip_log_category category, sip_log_level level, const char *line, void *user)
{
    lines *self = user;

    assert_int_equal(category, SIP_LOG_MESSAGE);
    assert_int_equal(level, SIP_LOG_DEBUG);
    self->count++;
    strcat(self->text, line);
    strcat(self->text, "\n");
}

static void test_message(void **state)
{
    lines seen = {{0}, 0};
    const sip_log log = {on_line, &seen, SIP_LOG_ALL, SIP_LOG_DEBUG, NULL};
    sip_trace_event event = {
        .sent = true,
        .repeated = true,
        .path = {.protocol = SIP_PROTOCOL_TCP,
                 .flow = 0x1f,
                 .local = {.ip = {192, 0, 2, 1}, .port = 5060, .family = SIP_FAMILY_IP4},
                 .remote = {.ip = {192, 0, 2, 2}, .port = 5070, .family = SIP_FAMILY_IP4}},
        .bytes = SIP_STR_INIT("BYE\r\nTo: \x01\nlast"),
    };
    sip_trace_sink *sink = NULL;

    (void)state;
    assert_int_equal(sip_trace_log_create(NULL, &log, &sink), 0);
    assert_true(sink->redact);
    sink->write(&event, sink->user_data);
    assert_string_equal(seen.text,
                        "sent TCP 192.0.2.1:5060 -> 192.0.2.2:5070, flow 1f, 15 bytes, again\n"
                        "  BYE\n  To: \\x01\n  last\n");
    seen = (lines){{0}, 0};
    event.sent = event.repeated = false;
    event.dropped = "CSeq";
    event.bytes.len = 0;
    sink->write(&event, sink->user_data);
    assert_string_equal(seen.text, "received TCP 192.0.2.1:5060 <- 192.0.2.2:5070, flow 1f, 0 "
                                   "bytes, dropped: CSeq\n");
    sip_trace_sink_destroy(sink);
}

static void test_refused(void **state)
{
    const sip_log log = {0};
    sip_trace_sink *sink = NULL;
    fail_alloc fail;

    (void)state;
    assert_int_equal(sip_trace_log_create(NULL, NULL, &sink), SIP_EINVAL);
    assert_int_equal(sip_trace_log_create(NULL, &log, NULL), SIP_EINVAL);
    fail_alloc_init(&fail, 1);
    assert_int_equal(sip_trace_log_create(&fail.allocator, &log, &sink), SIP_ENOMEM);
    assert_null(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
