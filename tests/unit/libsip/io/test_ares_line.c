/* A channel of c-ares on a loop: how it begins and ends; test_ares_resolver.c has what it asks. */
#include "io/ares_line.h"
#include "support/fail_alloc.h"
#include "support/real_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct asked {
    sip__ares_line *line;
    size_t calls;
    int status;
} asked;

static void on_result(void *arg, int status, int timeouts, unsigned char *bytes, int len)
{
    asked *it = arg;

    (void)timeouts;
    (void)bytes;
    (void)len;
    it->line->pending--;
    it->status = status;
    it->calls++;
}

static void test_end(void **state)
{
    sip__ares_config config = {.allocator = sip_allocator_default(), .timeout_ms = 10, .tries = 1};
    real_loop real = {0};
    asked it = {0};

    (void)state;
    assert_int_equal(sip_loop_create(config.allocator, &config.loop), 0);
    real.loop = config.loop;
    config.name_servers = "nonsense";
    assert_int_equal(sip__ares_line_open(&config, &it.line), SIP_EINVAL);
    config.name_servers = "127.0.0.1:1";
    assert_int_equal(sip__ares_line_open(&config, &it.line), 0);
    sip__ares_line_ask(it.line, "example.com", 1, on_result, &it);
    assert_true(real_loop_until(&real, &it.calls, 1)); /* refused, or too late */
    assert_int_not_equal(it.status, ARES_SUCCESS);
    assert_int_equal(it.line->pending, 0);
    sip__ares_line_ask(it.line, "example.com", 1, on_result, &it);
    if (it.line->pending > 0) {
        sip__ares_line_close(it.line);
        assert_int_equal(it.status, ARES_EDESTRUCTION);
    } else {
        sip__ares_line_close(it.line);
    }
    assert_int_equal(it.calls, 2);
    sip_loop_destroy(config.loop);
}

static void test_without_memory(void **state)
{
    sip__ares_config config = {.name_servers = "127.0.0.1", .timeout_ms = 4000000000u};
    sip__ares_line *line;
    fail_alloc fail;
    size_t n = 0;

    (void)state;
    config.tries = 4000000000u;
    config.allocator = &fail.allocator;
    assert_int_equal(sip_loop_create(sip_allocator_default(), &config.loop), 0);
    do {
        fail_alloc_init(&fail, ++n);
        if (sip__ares_line_open(&config, &line) == 0) {
            assert_int_equal(line->timeout_ms, 60000);
            sip__ares_line_close(line);
        }
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    sip_loop_destroy(config.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_end),
        cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
