using System.Runtime.InteropServices;
using System.Text;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>The programs and maps of the kernel data path, as compiled, loaded into the kernel.</summary>
internal sealed unsafe class BpfObject : IDisposable
{
    private const string Resource = "tandem.bpf.o";
    private const int LogBytes = 256 * 1024;

    private readonly LoadedObject _object;

    private BpfObject(LoadedObject @object) => _object = @object;

    /// <summary>Loads the programs.</summary>
    /// <param name="prepare">Called before loading: maps may be resized, or replaced by those of the previous service.</param>
    /// <param name="verifierLog">Receives the verifier's whole log if it refuses.</param>
    public static LinuxResult<BpfObject> Load(Func<BpfObject, LinuxResult> prepare, Action<string> verifierLog)
    {
        if (LibBpf.Problem is { } missing)
            return Failed(new LinuxResult(Errno.ENOENT, missing));
        var log = (byte*)NativeMemory.AllocZeroed(LogBytes);
        try
        {
            return Open(log) is { } opened
                ? opened.Finish(prepare, log, verifierLog)
                : Failed(LinuxResult.Last("libbpf cannot read the programs of the kernel data path"));
        }
        finally
        {
            NativeMemory.Free(log);
        }
    }

    /// <summary>The descriptor number of a map, for <see cref="LibBpf"/>; the object owns it.</summary>
    public int Map(string name) => LibBpf.MapFd(LibBpf.FindMap(_object, name));

    /// <summary>A descriptor of a program, owned by the caller; invalid if there is no such program, or no free descriptor.</summary>
    public FileDescriptor TakeProgram(string name) =>
        FileDescriptor.FromC(
            Processes.Control(LibBpf.ProgramFd(LibBpf.FindProgram(_object, name)), Processes.F_DUPFD_CLOEXEC, Processes.FirstFree)
        );

    /// <summary>A descriptor of a map, owned by the caller; invalid if there is no such map, or no free descriptor.</summary>
    public FileDescriptor TakeMap(string name) =>
        FileDescriptor.FromC(Processes.Control(Map(name), Processes.F_DUPFD_CLOEXEC, Processes.FirstFree));

    /// <summary>Sets the number of a map's entries. Only before loading.</summary>
    public LinuxResult SetMaxEntries(string map, int entries) =>
        Checked(LibBpf.SetMaxEntries(LibBpf.FindMap(_object, map), (uint)entries), $"the map {map} cannot have {entries} entries");

    /// <summary>Uses an existing map instead of a new one. Only before loading.</summary>
    public LinuxResult Reuse(string map, FileDescriptor fd) =>
        Checked(LibBpf.ReuseFd(LibBpf.FindMap(_object, map), fd.Number), $"the map {map} cannot be taken over");

    public void Dispose() => _object.Dispose();

    /// <summary>Converts a result of libbpf: a negative number is an error.</summary>
    internal static LinuxResult Checked(int answer, string what) => answer < 0 ? new LinuxResult(-answer, what) : LinuxResult.Ok;

    private static BpfObject? Open(byte* log)
    {
        using var stream =
            typeof(BpfObject).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not embedded");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        fixed (byte* p = bytes)
        fixed (byte* name = "tandem"u8)
        {
            var opts = new BpfObjectOpenOpts
            {
                Size = (nuint)sizeof(BpfObjectOpenOpts),
                ObjectName = name,
                KernelLog = log,
                KernelLogSize = LogBytes,
            };
            // libbpf copies the options.
            var opened = LibBpf.ObjectOpenMem(p, (nuint)bytes.Length, &opts);
            return opened == 0 ? null : new BpfObject(new LoadedObject(opened));
        }
    }

    /// <summary>
    /// Explains why the kernel did not load the programs. The verifier's log may be very long; its last line that is no statistics names
    /// the reason.
    /// </summary>
    internal static string Explain(int errno, string log)
    {
        var verdict = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .LastOrDefault(line => !line.StartsWith("processed ", StringComparison.Ordinal));
        if (verdict is not null)
            return $"the kernel's verifier rejects the kernel data path: {verdict}";
        return errno == Errno.EPERM
            ? "the kernel lets this process load no eBPF programs: CAP_BPF or CAP_SYS_ADMIN is needed in the first user namespace"
            : "the kernel does not load the programs of the kernel data path";
    }

    private LinuxResult<BpfObject> Finish(Func<BpfObject, LinuxResult> prepare, byte* log, Action<string> verifierLog)
    {
        var result = prepare(this);
        if (result.IsOk)
            result = Checked(LibBpf.ObjectLoad(_object), "");
        if (result.IsOk)
            return new LinuxResult<BpfObject>(this);
        if (result.Detail is "")
        {
            var text = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(log));
            if (text.Length > 0)
                verifierLog(text);
            result = result with { Detail = Explain(result.Errno, text) };
        }
        Dispose();
        return Failed(result);
    }

    private static LinuxResult<BpfObject> Failed(LinuxResult error) => new(null, error);
}
