/* Our subject of ./dev bench overload: answers every call through libdum, having worked so long on
 * it as an application does that looks up whose it is.
 *
 *     overload_parley PORT WORK_US */
#include <dum/dum.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const sip_body media = SIP_BODY_SDP("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
                                           "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                                           "m=audio 40000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");

/* Of this thread's own time: what others take of the processor is no work done. */
static void work(long us)
{
    struct timespec now, end;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    end.tv_nsec += us * 1000;
    end.tv_sec += end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    do {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

static void on_new_session(dum_invite *call, const sip_msg *invite, void *work_us)
{
    (void)invite;
    work(*(const long *)work_us);
    dum_invite_provisional(call, 180, NULL);
    dum_invite_accept(call, &media, NULL);
}

static const dum_invite_handler calls = {.on_new_session = on_new_session};

int main(int argc, char **argv)
{
    sip_stack_config config = {.max_transactions = 4000000};
    dum_config manager = {.max_sessions = 4000000};
    sip_stack *stack = NULL;
    dum_manager *dum;
    char where[64];
    long work_us = argc == 3 ? atol(argv[2]) : 0;
    int err;

    snprintf(where, sizeof where, "udp:127.0.0.1:%s", argc == 3 ? argv[1] : "0");
    err = sip_stack_create(&config, &stack) || sip_stack_listen(stack, where) ||
          sip_stack_on_signal(stack, SIGTERM, NULL, NULL) ||
          dum_manager_create(stack, &manager, &dum) ||
          dum_manager_set_invite_handler(dum, &calls, &work_us);
    if (err == 0) {
        err = sip_stack_run(stack);
    }
    if (err != 0) {
        fprintf(stderr, "overload_parley: %s\n", sip_stack_error(stack));
    }
    sip_stack_destroy(stack);
    return err != 0;
}
