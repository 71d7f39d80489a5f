/* lib/service/machine.h - what goes down with this process when it takes "the machine" down?  Layer 5. */
#ifndef COX_SERVICE_MACHINE_H
#define COX_SERVICE_MACHINE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_machine {
    COX_MACHINE_WHOLE = 0, /**< the machine itself: reboot(2) and the kernel's keys (sysrq) hit it, and may */
    COX_MACHINE_SPACE,     /**< a process namespace of its own, e.g. a container that is a node: reboot(2) ends it and nothing else; the keys would hit
                                the host */
    COX_MACHINE_PART,      /**< a part of a machine that is none of our business: nothing here may take it down */
};

/**
 * Where are we?  The whole machine and a space both mean that we share the network, the files, the name and the processes of the first process; else,
 * under COX_RUN_DIRECTORY (tests), and in a container that shares the host's processes, we are a part.
 *
 * @param root  where proc and the marks of container engines are looked for; "" outside of tests
 */
enum cox_machine cox_machine_look(const char *root);

/**
 * Press a key of the kernel (sysrq): b restarts, c crashes.  Only on a whole machine.
 * @return false: not done; where it is done for real, nobody sees the answer
 */
bool cox_machine_press(const char *root, char key);

G_END_DECLS

#endif
