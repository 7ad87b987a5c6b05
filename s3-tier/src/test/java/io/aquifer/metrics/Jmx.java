package io.aquifer.metrics;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Metrics as an operator sees them. */
public final class Jmx {

    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private Jmx() {}

    /** How often a meter was marked, or a histogram updated. */
    public static long count(String name) {
        return number(name, "Count");
    }

    /** What a gauge says. */
    public static long value(String name) {
        return number(name, "Value");
    }

    /** The mean of what a histogram was told. */
    public static double mean(String name) {
        return attribute(name, "Mean").doubleValue();
    }

    private static long number(String name, String attribute) {
        return attribute(name, attribute).longValue();
    }

    private static Number attribute(String name, String attribute) {
        try {
            return (Number) SERVER.getAttribute(new ObjectName("io.aquifer:" + name), attribute);
        } catch (InstanceNotFoundException e) {
            throw new AssertionError("no metric " + name + " among " + names("*"), e);
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    /** The metrics of a type, without the domain, in order. */
    public static Set<String> names(String type) {
        try {
            Set<String> names = new TreeSet<>();
            SERVER.queryNames(new ObjectName("io.aquifer:type=" + type + ",*"), null)
                    .forEach(name -> names.add(name.toString().replaceFirst("io.aquifer:", "")));
            return names;
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }
}
