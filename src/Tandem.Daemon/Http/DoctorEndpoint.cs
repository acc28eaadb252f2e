using System.Text.Json;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Linux.Doctor;
using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The doctor's report on this machine, over the API or by <c>tandemd --doctor</c>.</summary>
/// <param name="here">The service's own network namespace, which is examined; null for that of any thread.</param>
internal sealed class DoctorEndpoint(NetworkNamespace? here)
{
    private readonly Examination _examination = new();
    private readonly Lock _gate = new();
    private Task<DoctorReport>? _underWay;

    /// <summary>Prints the report as <c>tandemd --doctor</c> does; true if a bond can be created.</summary>
    public static bool Print(TextWriter output)
    {
        var report = Report(new Examination().Examine(), isRunning: false);
        output.WriteLine(JsonSerializer.Serialize(report, TandemJson.Readable.DoctorReport));
        return report.CanBond;
    }

    /// <summary>Examines the machine and answers. Requests during an examination get the same report.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        Answer<DoctorReport> answer = await Look();
        await Replies.WriteAsync(context, answer, TandemJson.Readable.DoctorReport);
    }

    private Task<DoctorReport> Look()
    {
        lock (_gate)
        {
            if (_underWay is null or { IsCompleted: true })
                _underWay = Task.Run(Examine);
            return _underWay;
        }
    }

    private DoctorReport Examine()
    {
        Diagnosis? diagnosis = null;
        if (here?.Run("doctor", () => diagnosis = _examination.Examine()).IsOk != true)
            diagnosis = _examination.Examine();
        return Report(diagnosis!, isRunning: true);
    }

    private static DoctorReport Report(Diagnosis diagnosis, bool isRunning) =>
        new(
            ServiceVersion.Text,
            isRunning,
            diagnosis.CanBond,
            [
                .. diagnosis.Checks.Select(check => new DoctorCheck(
                    check.Id,
                    StatusWords.Of(check.Status),
                    check.Found,
                    check.UsedFor,
                    check.Cost,
                    check.Remedy
                )),
            ],
            [.. diagnosis.Conclusions.Select(one => new DoctorChoice(one.Subject, one.Choice, one.Reason))]
        );
}
