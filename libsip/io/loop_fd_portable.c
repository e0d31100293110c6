#include "io/loop_fd.h"
#include <sip/base.h>

void sip__loop_fd_init(sip__loop_fd *fd)
{
    fd->outer = -1;
    fd->timer = -1;
}

int sip__loop_fd_open(sip__loop_fd *fd, int backend_fd)
{
    /* POSIX has no descriptor that stands for others and a timer: embedders call sip_loop_step() at
     * intervals. */
    (void)fd;
    (void)backend_fd;
    return SIP_EUNSUPPORTED;
}

void sip__loop_fd_arm(sip__loop_fd *fd, int timeout_ms)
{
    (void)fd;
    (void)timeout_ms;
}

void sip__loop_fd_close(sip__loop_fd *fd)
{
    (void)fd;
}
