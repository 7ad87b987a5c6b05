package io.aquifer.weave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.bytebuddy.jar.asm.ConstantDynamic;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * Writes what a method does as text that two compilations of the same source share: no line numbers, no names of local
 * variables, no places in the constant pool, and labels by the order in which they appear.
 *
 * <p>The text is a list of pieces. A piece that is a {@link KafkaMethod} stands for the body of a lambda, whose name is
 * a running number in its class and says nothing.
 */
final class MethodText extends MethodVisitor {

    private final String owner;
    private final List<Object> pieces;
    private final Map<Label, Integer> labels = new HashMap<>();

    MethodText(String owner, List<Object> pieces) {
        super(OpenedClassReader.ASM_API);
        this.owner = owner;
        this.pieces = pieces;
    }

    private void add(Object... parts) {
        for (Object part : parts) pieces.add(part instanceof KafkaMethod ? part : part + " ");
        pieces.add("\n");
    }

    private String label(Label label) {
        return "L" + labels.computeIfAbsent(label, unseen -> labels.size());
    }

    private Object target(String targetOwner, String name, String descriptor) {
        String className = targetOwner.replace('/', '.');
        boolean lambda = name.startsWith("lambda$") || name.startsWith("$anonfun$");
        return lambda && className.equals(owner)
                ? new KafkaMethod(className, name, descriptor)
                : className + "#" + name + descriptor;
    }

    @Override
    public void visitInsn(int opcode) {
        add(opcode);
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
        add(opcode, operand);
    }

    @Override
    public void visitVarInsn(int opcode, int index) {
        add(opcode, index);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
        add(opcode, type);
    }

    @Override
    public void visitFieldInsn(int opcode, String fieldOwner, String name, String descriptor) {
        add(opcode, fieldOwner, name, descriptor);
    }

    @Override
    public void visitMethodInsn(int opcode, String methodOwner, String name, String descriptor, boolean isInterface) {
        add(opcode, target(methodOwner, name, descriptor), isInterface);
    }

    @Override
    public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
        add("indy", name, descriptor, bootstrap);
        for (Object argument : arguments) addConstant(argument);
    }

    private void addConstant(Object constant) {
        if (constant instanceof Handle handle) {
            add(handle.getTag(), target(handle.getOwner(), handle.getName(), handle.getDesc()));
        } else if (constant instanceof ConstantDynamic dynamic) {
            add(dynamic.getName(), dynamic.getDescriptor(), dynamic.getBootstrapMethod());
            for (int i = 0; i < dynamic.getBootstrapMethodArgumentCount(); i++) {
                addConstant(dynamic.getBootstrapMethodArgument(i));
            }
        } else {
            add(constant.getClass().getSimpleName(), constant);
        }
    }

    @Override
    public void visitJumpInsn(int opcode, Label label) {
        add(opcode, label(label));
    }

    @Override
    public void visitLabel(Label label) {
        add(label(label));
    }

    @Override
    public void visitLdcInsn(Object value) {
        addConstant(value);
    }

    @Override
    public void visitIincInsn(int index, int increment) {
        add("iinc", index, increment);
    }

    @Override
    public void visitTableSwitchInsn(int min, int max, Label defaultLabel, Label... targets) {
        add("tableswitch", min, max, label(defaultLabel), labels(targets));
    }

    @Override
    public void visitLookupSwitchInsn(Label defaultLabel, int[] keys, Label[] targets) {
        add("lookupswitch", Arrays.toString(keys), label(defaultLabel), labels(targets));
    }

    private List<String> labels(Label[] targets) {
        List<String> names = new ArrayList<>();
        for (Label target : targets) names.add(label(target));
        return names;
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
        add("multianewarray", descriptor, dimensions);
    }

    @Override
    public void visitTryCatchBlock(Label start, Label end, Label handler, String type) {
        add("try", label(start), label(end), label(handler), String.valueOf(type));
    }
}
