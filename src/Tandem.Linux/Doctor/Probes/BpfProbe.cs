using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Loads a program and creates a map; both vanish when their descriptors are closed.</summary>
internal static unsafe class BpfProbe
{
    private const string Sysctl = "/proc/sys/net/core/bpf_jit_enable";

    // r0 = 0; exit (linux/bpf.h, struct bpf_insn).
    private static ReadOnlySpan<ulong> Instructions => [0xb7, 0x95];

    public static Bpf Look()
    {
        using var program = LoadProgram();
        var loaded = program.IsInvalid ? LinuxResult.Last() : LinuxResult.Ok;
        return new Bpf(loaded, loaded.IsOk ? IsCompiled(program) : null, ReadSysctl(), MapArray());
    }

    /// <summary>Loads an empty program for the traffic control hooks.</summary>
    public static FileDescriptor LoadProgram()
    {
        fixed (ulong* instructions = Instructions)
        fixed (byte* license = "MIT\0"u8)
        {
            var attributes = new BpfProgramLoad
            {
                ProgramType = BpfCall.BPF_PROG_TYPE_SCHED_CLS,
                InstructionCount = (uint)Instructions.Length,
                Instructions = instructions,
                License = license,
            };
            return BpfCall.Make(BpfCall.BPF_PROG_LOAD, ref attributes);
        }
    }

    private static bool? IsCompiled(FileDescriptor program)
    {
        var info = new BpfProgramInfo();
        var attributes = new BpfInfoByFd
        {
            Fd = program.Number,
            InfoLength = (uint)sizeof(BpfProgramInfo),
            Info = &info,
        };
        return BpfCall.Ask(BpfCall.BPF_OBJ_GET_INFO_BY_FD, ref attributes).IsOk ? info.CompiledLength > 0 : null;
    }

    private static LinuxResult MapArray()
    {
        var attributes = new BpfMapCreate
        {
            MapType = BpfCall.BPF_MAP_TYPE_ARRAY,
            KeySize = sizeof(uint),
            ValueSize = sizeof(ulong),
            MaxEntries = 1,
            MapFlags = BpfCall.BPF_F_MMAPABLE,
        };
        using var map = BpfCall.Make(BpfCall.BPF_MAP_CREATE, ref attributes);
        return map.IsInvalid ? LinuxResult.Last() : BpfCall.TryMap(map);
    }

    private static string? ReadSysctl()
    {
        try
        {
            return File.ReadAllText(Sysctl).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Exists in the initial network namespace only.
            return null;
        }
    }
}
