using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>
/// The JSON of all messages: snake_case keys, nothing for null. Unknown keys of answers and events are skipped, so that an older client
/// understands a newer service; those of requests are refused (the request types say so).
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(BalancingResource))]
[JsonSerializable(typeof(BondResource))]
[JsonSerializable(typeof(BondSpec))]
[JsonSerializable(typeof(IReadOnlyList<BondResource>))]
[JsonSerializable(typeof(CreateBondRequest))]
[JsonSerializable(typeof(ChangeBondRequest))]
[JsonSerializable(typeof(ChangeMemberRequest))]
[JsonSerializable(typeof(DoctorReport))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(EventMessage))]
[JsonSerializable(typeof(LacpResource))]
[JsonSerializable(typeof(LacpMemberResource))]
[JsonSerializable(typeof(MemberBalancingResource))]
[JsonSerializable(typeof(PlanResource))]
[JsonSerializable(typeof(ServiceInfo))]
public sealed partial class TandemJson : JsonSerializerContext
{
    /// <summary>The same for writing, with quotation marks and letters of all scripts as they are: this JSON is never part of a web page.</summary>
    public static TandemJson Readable =>
        field ??= new TandemJson(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
