#include "common/std_streams.h"

#include <fcntl.h>
#include <unistd.h>

bool std_streams_open(void)
{
    int fd = open("/dev/null", O_RDWR);

    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = dup(fd);
    }
    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}
