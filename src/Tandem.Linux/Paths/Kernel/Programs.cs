using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>The programs of the kernel data path, loaded into the kernel. They keep their maps alive.</summary>
internal sealed class Programs : IDisposable
{
    private const string TransmitName = "tandem_tx";
    private const string OutName = "tandem_out";
    private const string ReceiveName = "tandem_rx";
    private const string FilterName = "tandem_control";

    private readonly FileDescriptor[] _all;

    private Programs(FileDescriptor[] all) => _all = all;

    /// <summary>Selects the member for frames of the host.</summary>
    public int Transmit => _all[0].Number;

    /// <summary>For the egress of a bond's device that is one end of a pair.</summary>
    public int Out => _all[1].Number;

    /// <summary>For a member's ingress.</summary>
    public int Receive => _all[2].Number;

    /// <summary>The filter for members' sockets.</summary>
    public int Filter => _all[3].Number;

    /// <summary>Takes the programs from a loaded object, which may be disposed of afterwards.</summary>
    public static LinuxResult<Programs> Of(BpfObject loaded)
    {
        string[] names = [TransmitName, OutName, ReceiveName, FilterName];
        var programs = new Programs(new FileDescriptor[names.Length]);
        for (var i = 0; i < names.Length; i++)
        {
            programs._all[i] = loaded.TakeProgram(names[i]);
            if (!programs._all[i].IsInvalid)
                continue;
            var error = LinuxResult.Last($"the program {names[i]} cannot be kept open");
            programs.Dispose();
            return new LinuxResult<Programs>(null, error);
        }
        return new LinuxResult<Programs>(programs);
    }

    public void Dispose()
    {
        foreach (var program in _all)
            program?.Dispose();
    }
}
