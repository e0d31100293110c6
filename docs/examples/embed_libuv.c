/* A stack in an application's own libuv loop. Its descriptor is readable whenever there is work,
 * timers and posts included, so that one uv_poll is all it takes; everything else in the loop goes
 * on beside it, here a clock that says how many calls were answered. Usage: embed_libuv WHERE */
#include <dum/dum.h>
#include <signal.h>
#include <stdio.h>
#include <uv.h>

struct app {
    sip_stack *stack;
    uv_poll_t work;
    uv_signal_t interrupt;
    uv_timer_t clock;
    unsigned calls, said;
};

static void on_new_session(dum_invite *call, const sip_msg *invite, void *user_data)
{
    struct app *app = user_data;

    (void)invite;
    app->calls++;
    dum_invite_end(call, 486, NULL);
}

static const dum_invite_handler calls = {.on_new_session = on_new_session};

static void on_interrupt(uv_signal_t *interrupt, int signum)
{
    (void)signum;
    sip_stack_stop(((struct app *)interrupt->data)->stack);
}

static void on_clock(uv_timer_t *clock)
{
    struct app *app = clock->data;

    if (app->said != app->calls) {
        app->said = app->calls;
        printf("%u calls so far\n", app->calls);
        fflush(stdout);
    }
}

/* The descriptor is the stack's: it is closed by sip_stack_destroy(), after the handle has gone. */
static void on_work(uv_poll_t *work, int status, int events)
{
    struct app *app = work->data;

    (void)status, (void)events;
    if (sip_stack_step(app->stack) <= 0) {
        uv_close((uv_handle_t *)&app->work, NULL);
        uv_close((uv_handle_t *)&app->interrupt, NULL);
        uv_close((uv_handle_t *)&app->clock, NULL);
    }
}

static int begin(struct app *app, uv_loop_t *loop, const char *where)
{
    const sip_stack_config how = {.embedded = true};
    dum_manager *dum;
    int err = sip_stack_create(&how, &app->stack) || sip_stack_listen(app->stack, where) ||
              dum_manager_create(app->stack, NULL, &dum) ||
              dum_manager_set_invite_handler(dum, &calls, app);

    if (err == 0) {
        app->work.data = app->interrupt.data = app->clock.data = app;
        err = uv_poll_init(loop, &app->work, sip_stack_fd(app->stack)) ||
              uv_signal_init(loop, &app->interrupt) || uv_timer_init(loop, &app->clock) ||
              uv_poll_start(&app->work, UV_READABLE, on_work) ||
              uv_signal_start(&app->interrupt, on_interrupt, SIGINT) ||
              uv_timer_start(&app->clock, on_clock, 100, 100);
    }
    return err;
}

int main(int argc, char **argv)
{
    struct app app = {.stack = NULL};
    int err = begin(&app, uv_default_loop(), argc == 2 ? argv[1] : "udp:127.0.0.1:5060");

    if (err == 0) {
        err = uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    } else {
        fprintf(stderr, "embed_libuv: %s\n", sip_stack_error(app.stack));
    }
    sip_stack_destroy(app.stack);
    return err != 0;
}
