package io.aquifer.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.server.util.Scheduler;

/** Runs nothing by itself, so that nothing is flushed, deleted or checkpointed unless a test says so. */
final class ManualScheduler implements Scheduler {

    private final List<Task> tasks = new ArrayList<>();

    private static final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final String name;

        Task(String name, Runnable body) {
            super(body, null);
            this.name = name;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    @Override
    public void startup() {}

    @Override
    public synchronized void shutdown() {
        tasks.clear();
    }

    @Override
    public synchronized ScheduledFuture<?> schedule(String name, Runnable body, long delayMs, long periodMs) {
        Task task = new Task(name, body);
        tasks.add(task);
        return task;
    }

    @Override
    public void resizeThreadPool(int newSize) {}

    /** Runs what was scheduled under that name. */
    void run(String name) {
        List<Task> due;
        synchronized (this) {
            due = tasks.stream().filter(task -> task.name.equals(name)).toList();
            tasks.removeAll(due);
        }
        due.forEach(Task::run);
    }
}
